namespace TinyStore.Yjs.Tests;

/// <summary>Whoever keeps a document's updates must hear of those that the document emits nothing for, as something of them waits.</summary>
public sealed class YDocUpdateParkedTests : IDisposable
{
    private readonly byte[][] _updates = Record(7, d => d.GetMap("m").Set("a", 1), d => d.GetMap("m").Set("b", 2), d => d.GetMap("m").Delete("a"));
    private readonly YDoc _doc = new();
    private readonly List<(byte[] Update, object? Origin)> _parked = [];
    private int _emitted;

    public YDocUpdateParkedTests()
    {
        _doc.UpdateParked += (update, origin) => _parked.Add((update.ToArray(), origin));
        _doc.ObserveUpdates(_ => _emitted++);
    }

    [Fact]
    public void ApplyUpdate_StructsWait_RaisedWithTheBytesAsTheyCame()
    {
        _doc.ApplyUpdate(_updates[1], "peer");
        var (update, origin) = Assert.Single(_parked);
        Assert.Equal(_updates[1], update);
        Assert.Equal("peer", origin);
        Assert.Equal(0, _emitted);
    }

    [Fact]
    public void ApplyUpdate_DeletesWait_Raised()
    {
        _doc.ApplyUpdate(_updates[2], "peer");
        Assert.Equal(_updates[2], Assert.Single(_parked).Update);
        Assert.Equal(0, _emitted);
    }

    [Fact]
    public void ApplyUpdate_EverythingComesIn_NotRaised()
    {
        foreach (var update in _updates)
        {
            _doc.ApplyUpdate(update, "peer");
        }

        Assert.Empty(_parked);
        Assert.Equal(3, _emitted);
    }

    [Fact]
    public void ApplyUpdate_ReleasesSomeOfWhatWaits_NotRaisedForWhatGoesOnWaiting()
    {
        var others = Record(9, d => d.GetMap("n").Set("a", 1), d => d.GetMap("n").Set("b", 2));
        _doc.ApplyUpdate(_updates[1], "peer");
        _doc.ApplyUpdate(others[1], "peer");
        _doc.ApplyUpdate(_updates[2], "peer");
        Assert.Equal(3, _parked.Count);

        _doc.ApplyUpdate(_updates[0], "peer");
        Assert.True(_doc.HasPending);
        Assert.Equal(3, _parked.Count);
        _doc.ApplyUpdate(others[0], "peer");
        Assert.False(_doc.HasPending);
        Assert.Equal(3, _parked.Count);
    }

    [Fact]
    public void ApplyUpdate_InsideATransaction_RaisedWithItsOrigin()
    {
        _doc.Transact(_ => _doc.ApplyUpdate(_updates[1], "inner"), "outer");
        Assert.Equal("outer", Assert.Single(_parked).Origin);
    }

    public void Dispose() => _doc.Dispose();

    private static byte[][] Record(ulong client, params Action<YDoc>[] edits)
    {
        using var doc = new YDoc(new YDocOptions { ClientId = client });
        List<byte[]> updates = [];
        using var observer = doc.ObserveUpdates(e => updates.Add(e.Update.ToArray()));
        foreach (var edit in edits)
        {
            edit(doc);
        }

        return [.. updates];
    }
}
