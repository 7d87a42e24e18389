using TinyStore.Crdt;
using TinyStore.Crdt.Files.Records;
using TinyStore.Crdt.Tests.Files.Storage;
using TinyStore.Yjs;
using static TinyStore.Crdt.Tests.Files.DocFileFixture;

namespace TinyStore.Crdt.Tests.Files;

public sealed class DocFileDamageTests
{
    private readonly SimulatedDisk _disk = new();

    [Fact]
    public async Task OpenAsync_TruncatedAnywhere_HasTheEditsWhoseRecordsAreWhole()
    {
        var (bytes, lengths) = await SampleAsync();
        for (var length = 1; length < bytes.Length; length++)
        {
            var disk = new SimulatedDisk();
            disk.Put(ZooPath, bytes[..length]);
            if (length < FileHeader.Size)
            {
                await Assert.ThrowsAsync<DocFileFormatException>(() => StartAsync(disk));
                Assert.Equal(bytes[..length], disk.Read(ZooPath));
                continue;
            }

            var (file, doc) = await StartAsync(disk);
            var edits = lengths.Count(l => l <= length);
            Assert.Equal(edits, doc.GetMap("edits").Count);
            Assert.Equal(Enumerable.Range(0, edits).Select(i => $"{i}"), doc.GetMap("edits").Select(e => e.Key).Order());

            // And it goes on from there.
            doc.Edit("after");
            await file.DisposeAsync();
            Assert.Equal(Content(doc), await ContentAsync(disk));
        }
    }

    [Fact]
    public async Task OpenAsync_TornTail_IsReportedWithItsPlaceAndCutOff()
    {
        var (bytes, lengths) = await SampleAsync();
        _disk.Put(ZooPath, bytes[..^3]);
        var (file, _) = await StartAsync(_disk);
        var damage = Assert.Single(file.Damage);
        Assert.Equal((DocFileDamageKind.TornTail, lengths[^2], bytes.Length - 3 - lengths[^2]), (damage.Kind, damage.Offset, damage.Length));
        Assert.Equal(lengths[^2], _disk.Read(ZooPath).Length);
        await file.DisposeAsync();

        var (again, _) = await StartAsync(_disk);
        Assert.Empty(again.Damage);
        await again.DisposeAsync();
    }

    [Fact]
    public async Task OpenAsync_AnyByteFlipped_RefusedUnchangedOrTheLastWriteCut()
    {
        var (bytes, lengths) = await SampleAsync();
        var random = new Random(5);
        for (var i = 0; i < bytes.Length; i++)
        {
            var flipped = bytes.ToArray();
            flipped[i] ^= (byte)random.Next(1, 256);
            var disk = new SimulatedDisk();
            disk.Put(ZooPath, flipped);
            if (i < lengths[^2])
            {
                var doc = new YDoc();
                var e = await Assert.ThrowsAsync<DocFileFormatException>(() => OpenAsync(disk, doc));
                Assert.Equal(flipped, disk.Read(ZooPath));
                Assert.Empty(Content(doc));
                if (i >= 8)
                {
                    Assert.Contains($"at byte {Assert.Single(e.Damage).Offset}", e.Message, StringComparison.Ordinal);
                }

                continue;
            }

            var (file, loaded) = await StartAsync(disk);
            Assert.Equal(DocFileDamageKind.TornTail, Assert.Single(file.Damage).Kind);
            Assert.Equal(lengths.Length - 1, loaded.GetMap("edits").Count);
            await file.DisposeAsync();
        }
    }

    [Fact]
    public async Task OpenAsync_CompactedFileDamagedAnywhereButInItsLastRecord_Refused()
    {
        var (file, doc) = await StartAsync(_disk);
        doc.Edit("a", "some text that is longer than nothing");
        await file.CompactAsync();
        await file.DisposeAsync();
        var bytes = _disk.Read(ZooPath);
        var last = bytes.Length - RecordHeader.Size - 6; // the client ids: their count, and one of five bytes
        for (var i = 0; i < last; i++)
        {
            var flipped = bytes.ToArray();
            flipped[i] ^= 0x10;
            _disk.Put(ZooPath, flipped);
            await Assert.ThrowsAsync<DocFileFormatException>(() => StartAsync(_disk));
        }
    }

    [Fact]
    public async Task OpenAsync_SalvageOfAnyByteFlipped_LoadsEverythingElseAndKeepsTheFileAsItWas()
    {
        var (bytes, lengths) = await SampleAsync();
        for (var i = 0; i < lengths[^2]; i++)
        {
            var flipped = bytes.ToArray();
            flipped[i] ^= 0x04;
            var disk = new SimulatedDisk();
            disk.Put(ZooPath, flipped);
            var (file, doc) = await StartAsync(disk, o => o.Salvage = true);
            var inHeader = i < FileHeader.Size;
            var lost = inHeader ? -1 : lengths.TakeWhile(length => length <= i).Count();

            // The edits have one author, and what came after a lost one waits for it.
            Assert.Equal(inHeader ? lengths.Length : lost, doc.GetMap("edits").Count);
            Assert.Equal(!inHeader, doc.HasPending);
            Assert.Equal(inHeader ? DocFileDamageKind.Header : DocFileDamageKind.Record, Assert.Single(file.Damage).Kind);
            Assert.Equal(flipped, disk.Read(ZooPath + ".damaged"));
            doc.Edit("after");
            await file.DisposeAsync();

            var (again, loaded) = await StartAsync(disk);
            Assert.Empty(again.Damage);
            Assert.Equal(Content(doc), Content(loaded));
            Assert.Equal(doc.HasPending, loaded.HasPending);
            await again.DisposeAsync();
        }
    }

    [Fact]
    public async Task OpenAsync_Salvage_RoomsAreAskedForEverything()
    {
        var (file, doc) = await StartAsync(_disk);
        var room = file.Open("room", this);
        doc.ApplyUpdate(UpdateOf(d => d.Edit("theirs"), 7), this);
        await file.WhenSavedAsync();
        var length = file.Length;
        room.Save([1, 2, 3], 0);
        await file.WhenSavedAsync();
        doc.Edit("mine");
        await file.WhenSavedAsync();
        room.Save([4, 5, 6], 0);
        await file.DisposeAsync();
        var bytes = _disk.Read(ZooPath);
        bytes[length - 1] ^= 1;
        _disk.Put(ZooPath, bytes);

        // The room's row that brought "theirs" is before the cursor: with it, the room would never send it again.
        var (again, loaded) = await StartAsync(_disk, o => o.Salvage = true);
        Assert.Equal("mine=1", Content(loaded));
        var forgotten = again.Open("room", this);
        Assert.True(forgotten.Cursor.IsEmpty);
        Assert.True(forgotten.UnacknowledgedCount > 0);
        await again.DisposeAsync();
    }

    [Fact]
    public async Task OpenAsync_SalvageTwice_KeepsBothCopies()
    {
        var (bytes, lengths) = await SampleAsync();
        bytes[lengths[0] + 3] ^= 1;
        for (var i = 0; i < 2; i++)
        {
            _disk.Put(ZooPath, bytes);
            await (await StartAsync(_disk, o => o.Salvage = true)).File.DisposeAsync();
        }

        Assert.Equal(bytes, _disk.Read(ZooPath + ".damaged"));
        Assert.Equal(bytes, _disk.Read(ZooPath + ".damaged.2"));
    }

    [Fact]
    public async Task OpenAsync_PowerLostDuringSalvage_NothingMoreIsLost()
    {
        var (bytes, lengths) = await SampleAsync();
        bytes[lengths[2] + 3] ^= 1;
        for (var lastStep = 0; ; lastStep++)
        {
            var disk = new SimulatedDisk();
            disk.Put(ZooPath, bytes);
            var steps = 0;
            disk.Fail = (_, _) => steps++ < lastStep ? null : new IOException("the power is gone");
            try
            {
                await (await StartAsync(disk, o => o.Salvage = true)).File.DisposeAsync();
                Assert.True(lastStep > 5);
                return;
            }
            catch (IOException)
            {
            }

            for (var seed = 0; seed < 5; seed++)
            {
                var (file, doc) = await StartAsync(disk.LosePower(new Random(seed)), o => o.Salvage = true);
                Assert.Equal(3, doc.GetMap("edits").Count);
                await file.DisposeAsync();
            }
        }
    }

    /// <summary>Five edits, each saved with its own flush, and the length of the file after each.</summary>
    private static async Task<(byte[] Bytes, long[] Lengths)> SampleAsync()
    {
        var disk = new SimulatedDisk();

        // No client ids in front of the edits: as if a peer had made them.
        var (file, doc) = await StartAsync(disk);
        List<long> lengths = [];
        foreach (var update in UpdatesOf(7, [.. Enumerable.Range(0, 5).Select(i => (Action<YDoc>)(d => d.Edit($"{i}", new string('v', 5 * i))))]))
        {
            doc.ApplyUpdate(update, "a peer");
            await file.WhenSavedAsync();
            lengths.Add(file.Length);
        }

        await file.DisposeAsync();
        return (disk.Read(ZooPath), [.. lengths]);
    }
}
