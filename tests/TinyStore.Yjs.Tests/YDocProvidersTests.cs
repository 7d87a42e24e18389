namespace TinyStore.Yjs.Tests;

public class YDocProvidersTests
{
    [Fact]
    public void MarkSynced_ByAnAttachedProvider_RaisesOnce()
    {
        var doc = new YDoc();
        var provider = new object();
        var raised = 0;
        doc.Synced += (_, _) => raised++;
        Assert.False(doc.HasProvider);
        var attachment = doc.AttachProvider(provider);
        Assert.True(doc.HasProvider);
        Assert.False(doc.IsSynced);
        doc.MarkSynced(provider);
        doc.MarkSynced(provider);
        Assert.True(doc.IsSynced);
        Assert.Equal(1, raised);
        attachment.Dispose();
        attachment.Dispose();
        Assert.False(doc.HasProvider);
        Assert.True(doc.IsSynced);
    }

    [Fact]
    public void MarkSynced_ByAStranger_IsRefused()
    {
        var doc = new YDoc();
        Assert.Throws<ArgumentException>(() => doc.MarkSynced(new object()));
        var provider = new object();
        doc.AttachProvider(provider).Dispose();
        Assert.Throws<ArgumentException>(() => doc.MarkSynced(provider));
        Assert.False(doc.IsSynced);
    }

    [Fact]
    public void HasProvider_WithTwo_StaysUntilBothLeft()
    {
        var doc = new YDoc();
        var first = doc.AttachProvider(new object());
        var second = doc.AttachProvider(new object());
        first.Dispose();
        Assert.True(doc.HasProvider);
        second.Dispose();
        Assert.False(doc.HasProvider);
    }
}
