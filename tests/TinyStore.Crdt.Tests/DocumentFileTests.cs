using TinyStore.Yjs;

namespace TinyStore.Crdt.Tests;

/// <summary>A persister on a document that a <see cref="DocFile"/> keeps, over several runs of an app.</summary>
public sealed class DocumentFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tinystore-document-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SessionClientIdsBecomeOwnClientIds_WhatATinyBasePeerDeletesUnseen_IsWrittenAgain(bool areGiven)
    {
        using var tinyBase = new TinyBasePeer(1);
        await RunAsync(DocLayout.Nested, areGiven: true, peer =>
        {
            peer.Store.SetCell("t", "seen", "c", 1);
            tinyBase.Apply(peer.Doc.EncodeStateAsUpdate());
            tinyBase.Start();
            peer.Store.SetCell("t", "unseen", "c", 2);
        });
        tinyBase.Store.DeleteTable("t");

        await RunAsync(DocLayout.Nested, areGiven, peer =>
        {
            Assert.True(peer.Store.HasRow("t", "unseen"));

            peer.Apply(tinyBase.LocalUpdates[^1]);

            Assert.False(peer.Store.HasRow("t", "seen"));
            Assert.Equal(areGiven, peer.Store.HasRow("t", "unseen"));
            Peer.AssertEqual(peer);
        });
    }

    [Theory]
    [InlineData(DocLayout.Nested)]
    [InlineData(DocLayout.Flat)]
    public async Task EditsMadeOffline_NextRun_AreThereAndReachTheOthers(DocLayout layout)
    {
        using var other = new Peer(4, options => options.Layout = layout);
        other.Start();
        other.Store.SetCell("t", "other", "c", 1);
        await RunAsync(layout, areGiven: true, peer => peer.Store.SetCell("t", "mine", "c", 1).SetValue("v", 1));
        await RunAsync(layout, areGiven: true, peer => peer.Store.SetCell("t", "mine", "d", 2));

        await RunAsync(layout, areGiven: true, peer =>
        {
            Assert.Equal("t/mine/c = 1\nt/mine/d = 2\nv = 1\n", Content.Of(peer.Store));
            Assert.Empty(peer.LocalUpdates);
            Peer.Sync(peer, other);
            Assert.Equal(2, peer.Store.GetRowCount("t"));
            Peer.AssertEqual(peer, other);
        });
    }

    // As an app does it: first the file, then the persister.
    private async Task RunAsync(DocLayout layout, bool areGiven, Action<Peer> act)
    {
        using var doc = new YDoc();
        await using var file = await DocFile.OpenAsync(Path.Combine(_folder.FullName, "zoo.doc"), doc);
        using var peer = new Peer(doc, options =>
        {
            options.Layout = layout;
            if (areGiven)
            {
                options.OwnClientIds.UnionWith(file.SessionClientIds);
            }
        });
        peer.Start();
        act(peer);
        await file.WhenSavedAsync();
    }
}
