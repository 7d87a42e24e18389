using CsCheck;
using TinyStore.Crdt;
using TinyStore.Crdt.Tests.Files.Storage;
using TinyStore.Yjs;
using static TinyStore.Crdt.Tests.Files.DocFileFixture;

namespace TinyStore.Crdt.Tests.Files;

/// <summary>
/// Several runs of an app on one disk; each ends with the loss of power, or with a kill, at a random step of the disk. What was
/// reported saved is there in the next run, in order and without holes; ids and rooms are right.
/// </summary>
public sealed class DocFilePowerLossTests
{
    private readonly object _provider = new();

    [Fact]
    public async Task AnyRun_EndsAtAnyStep_WhatWasReportedSavedIsThere() =>
        await Gen.Select(Gen.Int, Gen.Int[0, 40].Array[1, 5]).SampleAsync(
            (seed, stepsOfRuns) => RunAsync(seed, stepsOfRuns),
            iter: (int)(400 * Scale),
            threads: 1);

    private static double Scale => double.TryParse(Environment.GetEnvironmentVariable("TINYSTORE_CRASH_SCALE"), out var scale) ? scale : 1;

    private async Task RunAsync(int seed, int[] stepsOfRuns)
    {
        var random = new Random(seed);
        var disk = new SimulatedDisk();
        var edits = 0; // made so far in the history that survived
        var saved = 0; // of these, reported saved
        var row = 0; // of the room, likewise
        HashSet<ulong> writers = [];
        foreach (var stepsOfRun in stepsOfRuns)
        {
            var steps = stepsOfRun;
            var (file, doc) = await StartAsync(disk, o => (o.CompactionMinimumBytes, o.RetryDelay) = (random.Next(1, 3000), TimeSpan.FromHours(1)));
            var found = doc.GetMap("edits").Count;
            Assert.InRange(found, saved, edits);
            Assert.Equal(Enumerable.Range(0, found).Select(i => $"{i:d4}"), doc.GetMap("edits").Select(e => e.Key).Order(StringComparer.Ordinal));
            Assert.False(doc.HasPending);
            Assert.DoesNotContain(file.Damage, d => d.Kind != DocFileDamageKind.TornTail);
            var room = file.Open("room", _provider);
            var foundRow = room.Cursor.IsEmpty ? 0 : BitConverter.ToInt32(room.Cursor.Span);
            Assert.True(foundRow <= found, "a cursor ahead of the edits");
            Assert.True(foundRow >= row, "a saved cursor was lost");
            if (room.Cursor.IsEmpty)
            {
                Assert.InRange(room.UnacknowledgedCount, Math.Min(found, 1), found); // a merged state counts as one
            }
            else
            {
                Assert.Equal(found - foundRow, room.UnacknowledgedCount);
            }

            Assert.True(writers.IsSubsetOf(file.SessionClientIds), "an id whose edits are there was lost");

            edits = found;
            disk.Fail = (_, _) => steps-- > 0 ? null : new IOException("the power is gone");
            for (var i = random.Next(60); i > 0; i--)
            {
                doc.Edit($"{edits++:d4}", new string('v', random.Next(300)));
                if (random.Next(4) == 0)
                {
                    room.Save(BitConverter.GetBytes(edits), 0);
                }

                if (random.Next(3) == 0 && await SucceedsAsync(file.WhenSavedAsync()))
                {
                    saved = edits;
                    row = room.Cursor.IsEmpty ? 0 : BitConverter.ToInt32(room.Cursor.Span);
                    writers.Add(doc.ClientId);
                }

                if (random.Next(30) == 0)
                {
                    _ = SucceedsAsync(file.CompactAsync());
                }
            }

            saved = Math.Max(saved, found);
            if (await SucceedsAsync(file.DisposeAsync().AsTask()))
            {
                saved = edits;
                row = room.Cursor.IsEmpty ? 0 : BitConverter.ToInt32(room.Cursor.Span);
            }

            disk = random.Next(4) == 0 ? disk.LoseProcess() : disk.LosePower(random);
        }
    }

    private static async Task<bool> SucceedsAsync(Task task)
    {
        try
        {
            await task;
            return true;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return false;
        }
    }
}
