using TinyStore.Crdt.Files.Records;
using TinyStore.Yjs;

namespace TinyStore.Crdt.Tests.Files.Records;

public sealed class DocumentStateTests
{
    private static readonly DocumentState.Loaded Whole = new([1, 2], [3], [4]);

    [Fact]
    public void Reduce_OverwrittenAndDeletedContent_IsDropped()
    {
        using var doc = new YDoc();
        List<ReadOnlyMemory<byte>> updates = [];
        doc.ObserveUpdates(e => updates.Add(e.Update));
        for (var i = 0; i < 100; i++)
        {
            doc.GetMap("m").Set("key", $"value {i}");
            doc.GetText("t");
        }

        var state = DocumentState.Reduce(YUpdate.Merge(updates), gc: true);
        Assert.Equal(doc.EncodeStateAsUpdate(), state);
        Assert.True(state.Length < 50);
        Assert.True(DocumentState.Reduce(YUpdate.Merge(updates), gc: false).Length > 500);
    }

    [Fact]
    public void Reduce_SecondRoundIsShorter_IsWrittenWhenTheThirdEqualsIt() =>
        Assert.Equal([1], Reduce(Whole, Whole with { State = [1] }, Whole with { State = [1] }));

    [Fact]
    public void Reduce_ResultDiffers_Refused()
    {
        Assert.Throws<InvalidDataException>(() => Reduce(Whole, Whole with { StateVector = [9] }));
        Assert.Throws<InvalidDataException>(() => Reduce(Whole, Whole with { Snapshot = [9] }));
        Assert.Throws<InvalidDataException>(() => Reduce(Whole, Whole with { State = [1] }, Whole with { State = [1, 1] }));
    }

    private static byte[] Reduce(params DocumentState.Loaded[] rounds)
    {
        var round = 0;
        return DocumentState.Reduce([], _ => rounds[round++]);
    }
}
