using CsCheck;
using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs.Tests.Updates;

/// <summary>
/// T22: hostile bytes. Whatever is fed to a decoder, it answers or throws YUpdateFormatException; it does not hang, and it
/// allocates in proportion to its input.
/// </summary>
public class DecoderFuzzTests
{
    private static readonly (string Name, Action<byte[]> Decode)[] Decoders =
    [
        ("Validate", bytes => YUpdate.Validate(bytes)),
        ("IsEmpty", bytes => YUpdate.IsEmpty(bytes)),
        ("Merge with itself", bytes => YUpdate.Merge([bytes, bytes])),
        ("Merge with others", bytes => YUpdate.Merge([SampleUpdates.Small, bytes, YUpdate.Empty.ToArray()])),
        ("Diff", bytes => YUpdate.Diff(bytes, [0])),
        ("Diff beyond", bytes => YUpdate.Diff(bytes, SomeVector)),
        ("Diff to", bytes => YUpdate.Diff(SampleUpdates.Small, bytes)),
        ("EncodeStateVector", bytes => YUpdate.EncodeStateVector(bytes)),
        ("YStateVector", bytes => YStateVector.Decode(bytes)),
        ("YDeleteSet", bytes => YDeleteSet.Decode(bytes)),
        ("YDeleteSet of update", bytes => YDeleteSet.FromUpdate(bytes)),
        ("YSnapshot", bytes => YSnapshot.Decode(bytes)),
        ("YValue", bytes =>
        {
            var reader = new Lib0Reader(bytes);
            YValue.ReadAny(ref reader);
        }),
    ];

    private static readonly byte[] SomeVector = YStateVector.Create([new(9007199254740991, 7), new(2, 1), new(1, 2)]).Encode();

    private readonly ITestOutputHelper _output;

    public DecoderFuzzTests(ITestOutputHelper output) => _output = output;

    [Fact]
    public void RandomBytes() => Feed(Gen.Byte.Array[0, 200], 2000);

    [Fact]
    public void RandomSmallNumbers() => Feed(Gen.Byte[0, 10].Array[0, 60], 10_000);

    [Fact]
    public void TruncationsAtEveryOffset()
    {
        foreach (var update in SampleUpdates.All)
        {
            for (var length = 0; length < update.Length; length++)
            {
                Assert.Throws<YUpdateFormatException>(() => YUpdate.Validate(update.AsSpan(0, length)));
            }

            Feed(Enumerable.Range(0, update.Length).Select(length => update[..length]));
        }
    }

    [Fact]
    public void BitFlipsEverywhere() => Feed(SampleUpdates.All.SelectMany(update => Enumerable.Range(0, update.Length * 8).Select(bit =>
    {
        var copy = (byte[])update.Clone();
        copy[bit / 8] ^= (byte)(1 << (bit % 8));
        return copy;
    })));

    [Theory]
    [InlineData("ff7f")]
    [InlineData("ffffff7f")]
    [InlineData("ffffffff07")]
    [InlineData("ffffffff0f")]
    [InlineData("ffffffffffffff0f")]
    [InlineData("ffffffffffffffffffffffffffffffffffff")]
    [InlineData("75ff7f75ff7f75ff7f75ff7f")]
    public void LengthBombsAtEveryOffset(string bomb) => Feed(SampleUpdates.All.SelectMany(update => Enumerable.Range(0, update.Length).Select(offset =>
        (byte[])[.. update[..offset], .. Hex.Bytes(bomb), .. update[Math.Min(update.Length, offset + 1)..]])));

    [Fact]
    public void CountsAsLargeAsTheInputAllows()
    {
        foreach (var size in new[] { 100, 10_000, 1_000_000 })
        {
            using var writer = new Lib0Writer();
            writer.WriteVarUint((ulong)size / 4);
            byte[] claimed = [.. writer.Written, .. new byte[size]];
            Feed([claimed, [1, .. claimed], [0, .. claimed], [0, 1, 1, .. claimed], [117, .. claimed], [118, .. claimed], [1, 1, 1, 0, 8, 1, 0, .. claimed]]);
        }
    }

    [Fact]
    public void DeepValues_StopAtTheLimit() => Feed(new byte[] { 117, 118 }.Select(tag =>
        (byte[])[.. Enumerable.Range(0, 100_000).SelectMany(_ => tag == 117 ? new byte[] { 117, 1 } : [118, 1, 0])]));

    [Fact]
    public void DeepJson_StopsAtTheLimit()
    {
        var update = new UpdateBuilder().Group(1, 0).Item(TinyStore.Yjs.Updates.YContentKind.Embed, null, w => w.WriteVarString(new string('[', 100_000))).ToArray();
        Assert.Throws<YUpdateFormatException>(() => YUpdate.Validate(update));
    }

    [Fact]
    public void SplicesOfValidUpdates() => Feed(
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 400], Gen.Int[0, 3], Gen.Int[0, 400]).Select((first, end, second, start) =>
        {
            var (a, b) = (SampleUpdates.All.ElementAt(first), SampleUpdates.All.ElementAt(second));
            return (byte[])[.. a[..Math.Min(a.Length, end)], .. b[Math.Min(b.Length, start)..]];
        }),
        3000);

    private void Feed(Gen<byte[]> inputs, int count)
    {
        var (accepted, refused) = (0, 0);
        inputs.Sample(bytes => Feed(bytes, ref accepted, ref refused), iter: count);
        Report(accepted, refused);
    }

    private void Feed(IEnumerable<byte[]> inputs)
    {
        var (accepted, refused) = (0, 0);
        foreach (var bytes in inputs)
        {
            Feed(bytes, ref accepted, ref refused);
        }

        Report(accepted, refused);
    }

    private void Report(int accepted, int refused)
    {
        _output.WriteLine($"{accepted} accepted, {refused} refused");
        Assert.True(refused > 0);
    }

    private static void Feed(byte[] bytes, ref int accepted, ref int refused)
    {
        foreach (var (name, decode) in Decoders)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                decode(bytes);
                Interlocked.Increment(ref accepted);
            }
            catch (YUpdateFormatException e)
            {
                Assert.InRange(e.Offset, 0, Math.Max(bytes.Length, SampleUpdates.Small.Length));
                Interlocked.Increment(ref refused);
            }
            catch (Exception e)
            {
                Assert.Fail($"{name} of {Hex.Text(bytes.AsSpan(0, Math.Min(bytes.Length, 300)))}: {e}");
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated <= (64L * bytes.Length) + 65536, $"{name} of {bytes.Length} bytes allocated {allocated}: {Hex.Text(bytes.AsSpan(0, Math.Min(bytes.Length, 100)))}");
        }
    }
}
