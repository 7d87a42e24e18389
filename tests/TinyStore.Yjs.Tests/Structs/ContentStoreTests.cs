using CsCheck;
using TinyStore.Yjs.Structs;

namespace TinyStore.Yjs.Tests.Structs;

public class ContentStoreTests
{
    [Fact]
    public void AnyAddsAppendsCutsAndFrees_KeepEveryContent() =>
        Gen.Select(Gen.Int[0, 11], Gen.Int[0, 1_000_000], Gen.OneOf(Gen.Int[0, 100], Gen.Int[0, 5000], Gen.Int[0, 40_000])).List[1, 400].Sample(
            steps =>
            {
                var store = new ContentStore();
                var model = new List<(uint Address, byte[] Content)>();
                var seed = 0;
                foreach (var (what, where, length) in steps)
                {
                    var bytes = new byte[length];
                    new Random(seed++).NextBytes(bytes);
                    Step(store, model, what, where, bytes);
                }

                foreach (var (address, content) in model)
                {
                    Assert.Equal(content, store[address]);
                }

                model.ForEach(content => store.Free(content.Address));
                Assert.Equal(0, store.UsedBytes);
            },
            iter: 100);

    [Fact]
    public void Free_ThenAdd_UsesTheBytesAgain()
    {
        var store = new ContentStore();
        var held = 0L;
        for (var round = 0; round < 50; round++)
        {
            var addresses = Enumerable.Range(1, 1000).Select(i => store.Add(new byte[i])).ToList();
            held = round == 0 ? store.Bytes : held;
            addresses.ForEach(store.Free);
        }

        Assert.Equal(held, store.Bytes);
    }

    [Fact]
    public void Append_ByteByByte_MovesTheContentSeldom()
    {
        var store = new ContentStore();
        var address = store.Add([0]);
        var moves = 0;
        for (var i = 1; i < 100_000; i++)
        {
            var moved = store.Append(address, [(byte)i]);
            moves += moved == address ? 0 : 1;
            address = moved;
        }

        Assert.True(moves < 100, $"{moves} moves");
        Assert.Equal(Enumerable.Range(0, 100_000).Select(i => (byte)i), store[address].ToArray());
    }

    private static void Step(ContentStore store, List<(uint Address, byte[] Content)> model, int what, int where, byte[] bytes)
    {
        if (what < 4 || model.Count == 0)
        {
            model.Add((store.Add(bytes), bytes));
            return;
        }

        var index = where % model.Count;
        var (address, content) = model[index];
        switch (what)
        {
            case < 6:
                model[index] = (store.Append(address, bytes), [.. content, .. bytes]);
                break;
            case < 8:
                var length = Math.Min(content.Length, bytes.Length);
                model[index] = (store.Truncate(address, length, [1, 2]), [.. content[..length], 1, 2]);
                break;
            case < 10:
                var count = Math.Min(content.Length, bytes.Length);
                byte[] front = count >= 2 ? [1, 2] : [];
                model[index] = (store.RemoveFront(address, count, front), [.. front, .. content[count..]]);
                break;
            default:
                store.Free(address);
                model.RemoveAt(index);
                break;
        }
    }
}
