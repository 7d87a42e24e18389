using System.Text;
using CsCheck;
using TinyStore.Crdt.Files.Records;
using TinyStore.Crdt.Tests.Files.Storage;

namespace TinyStore.Crdt.Tests.Files.Records;

public sealed class RecordLogTests
{
    private const string Path = "doc";

    [Fact]
    public void Append_OneRecord_ExactBytes()
    {
        var disk = new SimulatedDisk();
        using var log = RecordLog.Create(disk, Path);
        log.Append([new RecordEntry(RecordKind.Update, Encoding.ASCII.GetBytes("123456789"))]);

        var bytes = disk.Read(Path);
        Assert.Equal([0x89, 0x54, 0x53, 0x44, 0x4F, 0x43, 0x0D, 0x0A, 1, 0, 0, 0], bytes[..12]);
        var marker = bytes[12..16];
        Assert.Equal(BitConverter.GetBytes(Crc32C.Of(bytes.AsSpan(0, 16))), bytes[16..20]);

        var record = bytes[20..];
        byte[] payload = [0, .. "123456789"u8];
        byte[] place = [20, 0, 0, 0, 0, 0, 0, 0];
        Assert.Equal(marker, record[..4]);
        Assert.Equal([10, 0, 0, 0, 0x81], record[4..9]);
        Assert.Equal(BitConverter.GetBytes(Crc32C.Of(payload)), record[9..13]);
        Assert.Equal(BitConverter.GetBytes(Crc32C.Of([.. place, .. record[..13]])), record[13..17]);
        Assert.Equal(payload, record[17..]);
        Assert.Equal(47, log.Length);
    }

    [Fact]
    public void Append_Batches_OnlyTheFirstRecordOfEachSaysFlushed()
    {
        var disk = new SimulatedDisk();
        using var log = RecordLog.Create(disk, Path);
        log.Append([Entry("a"), Entry("b")]);
        log.Append([Entry("c"), Entry("d"), Entry("e")]);

        Assert.Equal([("a", true), ("b", false), ("c", true), ("d", false), ("e", false)], Records(disk));
    }

    [Fact]
    public void Append_FlushFails_NextAppendWritesEverythingAgain()
    {
        var disk = new SimulatedDisk();
        using var log = RecordLog.Create(disk, Path);
        log.Append([Entry("a")]);

        var failures = 1;
        disk.Fail = (step, _) => step == "flush" && failures-- > 0 ? new IOException("flush") : null;
        Assert.Throws<IOException>(() => log.Append([Entry("b")]));
        log.Append([Entry("b"), Entry("c")]);

        // Had the second append trusted what the first had written, the loss of power would take "b" away.
        Assert.Equal(["a", "b", "c"], Records(disk.LosePower(new Random(1))).Select(r => r.Text));
    }

    [Theory]
    [InlineData("write")]
    [InlineData("flush")]
    [InlineData("length")]
    public void Append_StepFails_LengthStaysAndTheNextStartsThere(string failing)
    {
        var disk = new SimulatedDisk();
        using var log = RecordLog.Create(disk, Path);
        log.Append([Entry("a")]);
        var length = log.Length;

        var step = failing == "length" ? "flush" : failing;
        disk.Fail = (s, _) => s == step ? new IOException(s) : null;
        Assert.Throws<IOException>(() => log.Append([Entry(new string('b', 5000))]));
        disk.Fail = (s, _) => s == failing ? new IOException(s) : null;
        Assert.Throws<IOException>(() => log.Append([Entry(new string('c', 50))]));
        Assert.Equal(length, log.Length);
        disk.Fail = null;
        log.Append([Entry("d")]);

        Assert.Equal(["a", "d"], Records(disk).Select(r => r.Text));
        Assert.Equal(log.Length, disk.Read(Path).Length);
    }

    [Fact]
    public void Append_FileRemovedMeanwhile_SaysSo()
    {
        var disk = new SimulatedDisk();
        using var log = RecordLog.Create(disk, Path);
        disk.Delete(Path);
        Assert.Contains("was removed", Assert.Throws<FileNotFoundException>(() => log.Append([Entry("a")])).Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// Random batches of random sizes; the power goes at a random step of the last one. Whatever sectors of it are found, the
    /// check keeps everything that was appended before, takes nothing else for it, and never speaks of damage.
    /// </summary>
    [Fact]
    public void Append_PowerLostAtAnyStep_WhatWasAppendedIsThereAndTheRestIsATornTail() =>
        Gen.Select(Gen.Int, Gen.Int[1, 3000].Array[1, 6].Array[1, 6], Gen.Int[0, 3]).Sample((seed, batches, stepsOfLast) =>
        {
            var random = new Random(seed);
            var disk = new SimulatedDisk();
            using var log = RecordLog.Create(disk, Path);
            List<string> appended = [], attempted = [];
            foreach (var (index, batch) in batches.Index())
            {
                var texts = batch.Select((size, i) => $"{index}.{i} {new string((char)('a' + i), size)}").ToArray();
                attempted.AddRange(texts);
                if (index == batches.Length - 1)
                {
                    var left = stepsOfLast;
                    disk.Fail = (_, _) => left-- > 0 ? null : new IOException("the power is gone");
                }

                try
                {
                    log.Append([.. texts.Select(Entry)]);
                    appended.AddRange(texts);
                }
                catch (IOException)
                {
                }
            }

            var found = disk.LosePower(random);
            using var file = found.OpenRead(Path);
            var check = FileCheck.Run(file, file.Length);
            Assert.Empty(check.Damage);
            var kept = Records(found, check.End).Select(r => r.Text).ToList();
            Assert.Equal(attempted.Take(kept.Count), kept);
            Assert.True(kept.Count >= appended.Count, $"{kept.Count} of {appended.Count} records were kept");
            Assert.Equal(file.Length, check.End + (check.TornTail?.Length ?? 0));
        }, iter: 2_000);

    internal static RecordEntry Entry(string text) => new(RecordKind.Update, Encoding.ASCII.GetBytes(text));

    internal static List<(string Text, bool FlushedBefore)> Records(SimulatedDisk disk, long? end = null, string path = Path)
    {
        using var file = disk.OpenRead(path);
        var check = FileCheck.Run(file, file.Length);
        using var reader = new RecordReader(file, check.Marker, FileHeader.Size, end ?? file.Length);
        List<(string, bool)> records = [];
        while (reader.Read() is var result && result != RecordResult.End)
        {
            Assert.Equal(RecordResult.Record, result);
            records.Add((Encoding.ASCII.GetString(reader.Payload[1..]), reader.Header.FlushedBefore));
        }

        return records;
    }
}
