using System.Text;
using TinyStore.Crdt;
using TinyStore.Crdt.Files.Records;
using TinyStore.Crdt.Tests.Files.Storage;
using static TinyStore.Crdt.Tests.Files.Records.RecordLogTests;

namespace TinyStore.Crdt.Tests.Files.Records;

public sealed class FileCheckTests
{
    private const string Path = "doc";

    [Fact]
    public void Run_WholeFile_NoDamage()
    {
        var (bytes, offsets) = Sample();
        var check = Check(bytes);
        Assert.Empty(check.Damage);
        Assert.Null(check.TornTail);
        Assert.Equal(offsets[^1], check.End);
    }

    [Fact]
    public void Run_TruncatedAnywhere_KeepsTheWholeRecordsBefore()
    {
        var (bytes, offsets) = Sample();
        for (var length = FileHeader.Size; length < bytes.Length; length++)
        {
            var check = Check(bytes[..length]);
            var end = offsets.Last(offset => offset <= length);
            Assert.Empty(check.Damage);
            Assert.Equal(end, check.End);
            Assert.Equal(length == end ? null : length - end, check.TornTail?.Length);
        }
    }

    [Fact]
    public void Run_TruncatedInTheHeader_IsDamage()
    {
        var (bytes, _) = Sample();
        for (var length = 1; length < FileHeader.Size; length++)
        {
            var check = Check(bytes[..length]);
            Assert.Equal(DocFileDamageKind.Header, Assert.Single(check.Damage).Kind);
            Assert.Equal(0u, check.Marker);
        }
    }

    /// <summary>Sample: a | b c | d. A flip in a or b is followed by d, which was written after a flush; one in c or d is not... c is.</summary>
    [Fact]
    public void Run_AnyBitFlipped_DamageWhereAFlushFollowedElseTornTail()
    {
        var (bytes, offsets) = Sample();
        var lastFlush = offsets[^2]; // "d" is a batch of its own
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var flipped = bytes.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            var check = Check(flipped);
            if (bit / 8 < FileHeader.Size)
            {
                Assert.Equal(DocFileDamageKind.Header, Assert.Single(check.Damage).Kind);
                Assert.Null(check.TornTail);
                continue;
            }

            var start = offsets.Last(offset => offset <= bit / 8);
            if (bit / 8 < lastFlush)
            {
                var damage = Assert.Single(check.Damage);
                Assert.Equal((DocFileDamageKind.Record, start, offsets.First(o => o > start) - start), (damage.Kind, damage.Offset, damage.Length));
                Assert.Equal(bytes.Length, check.End);
                Assert.Null(check.TornTail);
            }
            else
            {
                Assert.Empty(check.Damage);
                Assert.Equal(lastFlush, check.End);
                Assert.Equal(bytes.Length - lastFlush, check.TornTail!.Value.Length);
            }
        }
    }

    [Fact]
    public void Run_BadRecordBeforeAnIntactOneOfTheSameWrite_IsATornTail()
    {
        var disk = new SimulatedDisk();
        using var log = RecordLog.Create(disk, Path);
        log.Append([Entry("a")]);
        var safe = log.Length;
        log.Append([Entry("b"), Entry("c")]);
        var bytes = disk.Read(Path);
        bytes[safe + RecordHeader.Size] ^= 1;

        var check = Check(bytes);
        Assert.Empty(check.Damage);
        Assert.Equal(safe, check.End);
    }

    [Fact]
    public void Run_SeveralDamagedParts_AllAreNamed()
    {
        var (bytes, offsets) = Sample();
        bytes[offsets[0] + 3] ^= 1; // a, in its header
        bytes[offsets[2] + RecordHeader.Size] ^= 1; // c, in its payload
        var check = Check(bytes);
        Assert.Equal([(offsets[0], offsets[1] - offsets[0]), (offsets[2], offsets[3] - offsets[2])], check.Damage.Select(d => (d.Offset, d.Length)));
    }

    [Fact]
    public void Run_AFileInsideAPayload_ItsRecordsAreNotTakenForRecords()
    {
        var inner = Sample().Bytes;
        var disk = new SimulatedDisk();
        using var log = RecordLog.Create(disk, Path);
        log.Append([Entry("a")]);
        var safe = log.Length;
        log.Append([new RecordEntry(RecordKind.Update, inner)]);
        var bytes = disk.Read(Path);
        bytes[safe + 5] ^= 1;

        var check = Check(bytes);
        Assert.Empty(check.Damage);
        Assert.Equal(safe, check.End);
    }

    [Fact]
    public void Run_ItsOwnRecordsInsideAPayload_AreNotTakenForRecords()
    {
        var disk = new SimulatedDisk();
        using var log = RecordLog.Create(disk, Path);
        log.Append([Entry("a")]);
        log.Append([Entry("b")]);
        var own = disk.Read(Path);
        var safe = log.Length;
        log.Append([new RecordEntry(RecordKind.Update, own)]);
        var bytes = disk.Read(Path);
        bytes[safe + 5] ^= 1;

        var check = Check(bytes);
        Assert.Empty(check.Damage);
        Assert.Equal(safe, check.End);
    }

    [Fact]
    public void Run_HeaderOverwritten_RecordsAreStillFound()
    {
        var (bytes, offsets) = Sample();
        bytes.AsSpan(0, FileHeader.Size + 4).Clear(); // and the marker of the first record
        var check = Check(bytes);
        Assert.Equal([DocFileDamageKind.Header, DocFileDamageKind.Record], check.Damage.Select(d => d.Kind));
        Assert.Equal(offsets[1], check.Damage[1].Offset + check.Damage[1].Length);
        Assert.Equal(bytes.Length, check.End);
    }

    [Fact]
    public void Run_LengthOfGigabytesInABrokenHeader_AllocatesNothingForIt()
    {
        var (bytes, offsets) = Sample();
        bytes.AsSpan((int)offsets[1] + 4, 4).Fill(0x7F);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Check(bytes);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    [Fact]
    public void Run_ZerosBehindTheLastRecord_AreATornTail()
    {
        var (bytes, _) = Sample();
        var check = Check([.. bytes, .. new byte[100_000]]);
        Assert.Empty(check.Damage);
        Assert.Equal(bytes.Length, check.End);
        Assert.Equal(100_000, check.TornTail!.Value.Length);
    }

    [Fact]
    public void Run_DamageLongerThanTheWindow_FindsTheNextRecordWhereverItBegins()
    {
        for (var shift = 0; shift < 6; shift++)
        {
            var disk = new SimulatedDisk();
            using var log = RecordLog.Create(disk, Path);
            log.Append([Entry(new string('a', (64 << 10) - 20 - (2 * RecordHeader.Size) - shift))]);
            log.Append([Entry("b")]);
            var next = log.Length;
            log.Append([Entry("c")]);
            var bytes = disk.Read(Path);
            bytes.AsSpan(20, 8).Clear();
            var check = Check(bytes);
            Assert.Equal(bytes.Length, check.End);
            Assert.Single(check.Damage);
            Assert.True(check.Damage[0].Length < next);
        }
    }

    [Fact]
    public void Run_LaterVersion_SaysSo()
    {
        var (bytes, _) = Sample();
        bytes[8] = 2;
        BitConverter.TryWriteBytes(bytes.AsSpan(16), Crc32C.Of(bytes.AsSpan(0, 16)));
        Assert.Contains("version 2", Assert.Throws<NotSupportedException>(() => Check(bytes)).Message, StringComparison.Ordinal);
    }

    /// <summary>Three writes: a, then b and c together, then d. Offsets are those of a, b, c, d and the end.</summary>
    private static (byte[] Bytes, long[] Offsets) Sample()
    {
        var disk = new SimulatedDisk();
        using var log = RecordLog.Create(disk, Path);
        long[] offsets = [log.Length, 0, 0, 0, 0];
        log.Append([Entry("aaa")]);
        offsets[1] = log.Length;
        log.Append([Entry("b"), Entry("")]);
        offsets[2] = offsets[1] + RecordHeader.Size + 2;
        offsets[3] = log.Length;
        log.Append([new RecordEntry(RecordKind.Update, Encoding.ASCII.GetBytes("dd"), Room: 300)]);
        offsets[4] = log.Length;
        return (disk.Read(Path), offsets);
    }

    private static FileCheck Check(byte[] bytes)
    {
        var disk = new SimulatedDisk();
        disk.Put(Path, bytes);
        using var file = disk.OpenRead(Path);
        return FileCheck.Run(file, bytes.Length);
    }
}
