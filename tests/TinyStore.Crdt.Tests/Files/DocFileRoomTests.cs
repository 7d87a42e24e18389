using TinyStore.Crdt;
using TinyStore.Crdt.Tests.Files.Storage;
using TinyStore.Yjs;
using static TinyStore.Crdt.Tests.Files.DocFileFixture;

namespace TinyStore.Crdt.Tests.Files;

/// <summary>What providers find after a restart.</summary>
public sealed class DocFileRoomTests
{
    private readonly SimulatedDisk _disk = new();
    private readonly object _provider = new();

    [Fact]
    public async Task Open_NewRoomAndNewFile_NothingIsMissing()
    {
        var (file, _) = await StartAsync(_disk);
        var room = file.Open("room", _provider);
        Assert.True(room.Cursor.IsEmpty);
        Assert.Equal(0, room.UnacknowledgedCount);
        await file.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Open_NewRoomOfADocumentWithEdits_MayLackThem(bool compact)
    {
        var (file, doc) = await StartAsync(_disk);
        doc.Edit("a");
        doc.Edit("b");
        await (compact ? file.CompactAsync() : Task.CompletedTask);
        await file.DisposeAsync();

        var (again, _) = await StartAsync(_disk);
        Assert.Equal(compact ? 1 : 2, again.Open("room", _provider).UnacknowledgedCount);
        await again.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Save_ThenEditsWithoutAProvider_AreCountedAfterTheRestart(bool compact)
    {
        var (file, doc) = await StartAsync(_disk);
        var room = file.Open("room", _provider);
        doc.Edit("acknowledged");
        room.Save([1, 2, 3], 0);
        room.Dispose();
        doc.Edit("offline 1");
        doc.Edit("offline 2");
        await (compact ? file.CompactAsync() : Task.CompletedTask);
        await file.DisposeAsync();

        var (second, loaded) = await StartAsync(_disk);
        loaded.Edit("offline 3");
        await (compact ? second.CompactAsync() : Task.CompletedTask);
        await second.DisposeAsync();

        var (third, _) = await StartAsync(_disk);
        var known = third.Open("room", _provider);
        Assert.Equal([1, 2, 3], known.Cursor.ToArray());
        Assert.Equal(3, known.UnacknowledgedCount);
        known.Save([4], 0);
        await third.DisposeAsync();

        var (fourth, _) = await StartAsync(_disk);
        Assert.Equal([4], fourth.Open("room", _provider).Cursor.ToArray());
        await fourth.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Count_UpdatesThatTheRoomBrought_AreMissingInOtherRoomsOnly(bool compact)
    {
        var other = new object();
        var (file, doc) = await StartAsync(_disk);
        var room = file.Open("room", _provider);
        var otherRoom = file.Open("other room", other);
        room.Save([1], 0);
        otherRoom.Save([2], 0);
        doc.ApplyUpdate(UpdateOf(d => d.Edit("theirs"), 7), _provider);
        Assert.Equal((0, 1), (room.UnacknowledgedCount, otherRoom.UnacknowledgedCount));
        await (compact ? file.CompactAsync() : Task.CompletedTask);
        doc.ApplyUpdate(UpdateOf(d => d.Edit("others"), 9), other);
        doc.ApplyUpdate(UpdateOf(d => d.Edit("imported"), 11), "an import");
        Assert.Equal((2, 2), (room.UnacknowledgedCount, otherRoom.UnacknowledgedCount));
        await file.DisposeAsync();

        var (again, _) = await StartAsync(_disk);
        Assert.Equal(2, again.Open("room", _provider).UnacknowledgedCount);
        Assert.Equal(2, again.Open("other room", other).UnacknowledgedCount);
        await again.DisposeAsync();
    }

    [Fact]
    public async Task Save_ManyTimesBeforeAWrite_OnlyTheLastIsWritten()
    {
        var (file, doc) = await StartAsync(_disk);
        var room = file.Open("room", _provider);
        doc.Edit("a");
        await file.WhenSavedAsync();
        var length = file.Length;
        using var mayWrite = new ManualResetEventSlim();
        _disk.Fail = (step, _) =>
        {
            if (step == "write")
            {
                mayWrite.Wait();
            }

            return null;
        };
        for (byte i = 0; i < 200; i++)
        {
            room.Save([i], 0);
        }

        mayWrite.Set();
        await file.WhenSavedAsync();
        Assert.True(file.Length - length < 100, $"{file.Length - length} bytes");
        await file.DisposeAsync();
        var (again, _) = await StartAsync(_disk);
        Assert.Equal([199], again.Open("room", _provider).Cursor.ToArray());
        await again.DisposeAsync();
    }

    [Fact]
    public async Task Save_NothingNew_WritesNothing()
    {
        var (file, _) = await StartAsync(_disk);
        var room = file.Open("room", _provider);
        room.Save([1], 0);
        await file.WhenSavedAsync();
        var length = file.Length;
        room.Save([1], 0);
        Assert.True(file.WhenSavedAsync().IsCompletedSuccessfully);
        Assert.Equal(length, file.Length);
        await file.DisposeAsync();
    }

    [Fact]
    public async Task Save_CursorTooLongOrCountNegative_Refused()
    {
        var (file, _) = await StartAsync(_disk);
        var room = file.Open("room", _provider);
        Assert.Throws<ArgumentException>(() => room.Save(new byte[70_000], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => room.Save([1], -1));
        Assert.True(room.Cursor.IsEmpty);
        await file.DisposeAsync();
    }

    [Fact]
    public async Task Open_Twice_RefusedUntilTheFirstIsDisposed()
    {
        var (file, _) = await StartAsync(_disk);
        var room = file.Open("room", _provider);
        Assert.Throws<InvalidOperationException>(() => file.Open("room", new object()));
        room.Dispose();
        file.Open("room", new object());
        await file.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => file.Open("other", new object()));
    }

    [Fact]
    public async Task Dispose_TheEarlierHandle_LeavesTheLaterOneOpen()
    {
        var (file, doc) = await StartAsync(_disk);
        var first = file.Open("room", new object());
        first.Dispose();
        var second = file.Open("room", _provider);
        first.Dispose();
        Assert.Throws<InvalidOperationException>(() => file.Open("room", new object()));
        doc.ApplyUpdate(UpdateOf(d => d.Edit("theirs"), 7), _provider);
        Assert.Equal(0, second.UnacknowledgedCount);
        await file.DisposeAsync();
    }

    /// <summary>A cursor may only be found together with everything that came before it, or the room would never send it again.</summary>
    [Fact]
    public async Task Save_PowerLost_TheCursorIsNeverAheadOfTheUpdates()
    {
        var seen = new HashSet<int>();
        for (var seed = 0; seed < 300; seed++)
        {
            var disk = new SimulatedDisk();
            var (file, doc) = await StartAsync(disk);
            var room = file.Open("room", _provider);
            var rows = UpdatesOf(7, [.. Enumerable.Range(0, 5).Select(i => (Action<YDoc>)(d => d.Edit($"{i}", new string('x', 400))))]);
            var random = new Random(seed);
            var steps = random.Next(12);
            disk.Fail = (_, _) => steps-- > 0 ? null : new IOException("the power is gone");
            for (byte row = 1; row <= rows.Length; row++)
            {
                doc.ApplyUpdate(rows[row - 1], _provider);
                room.Save([row], 0);
                if (random.Next(3) == 0)
                {
                    await file.WhenSavedAsync().ContinueWith(static _ => { }, TaskScheduler.Default);
                }
            }

            await file.DisposeAsync().AsTask().ContinueWith(static _ => { }, TaskScheduler.Default);
            var (again, loaded) = await StartAsync(disk.LosePower(random));
            var cursor = again.Open("room", _provider).Cursor;
            var rowsKnown = cursor.IsEmpty ? 0 : cursor.Span[0];
            seen.Add(rowsKnown);
            Assert.True(loaded.GetMap("edits").Count >= rowsKnown, $"seed {seed}");
            await again.DisposeAsync();
        }

        Assert.True(seen.Count > 3, "the runs were all alike");
    }
}
