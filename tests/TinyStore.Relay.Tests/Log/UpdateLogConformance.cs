using CsCheck;
using TinyStore.Sync;
using TinyStore.Sync.Tests.Support;

namespace TinyStore.Relay.Tests.Log;

/// <summary>What every <see cref="IUpdateLog"/> must do. A log's tests derive from it and say how to open one.</summary>
public abstract class UpdateLogConformance
{
    /// <summary>Opens the log under a name, which is empty the first time; opening it again gives what was written.</summary>
    protected abstract Task<IUpdateLog> OpenAsync(string name);

    [Fact]
    public async Task Append_FirstRows_AreNumberedFromOneWithRandomIds()
    {
        await using var log = await OpenAsync("a");
        Assert.Equal(SyncCursor.Start, await log.GetHeadAsync("zoo"));
        Assert.Empty(await log.ReadAsync("zoo", 0, 1000));
        Assert.Empty(await log.GetRoomsAsync());
        var results = await log.AppendAsync([Append("zoo", 1, 1), Append("zoo", 1, 2), Append("other", 1, 1)]);
        Assert.Equal([1L, 2, 1], results.Select(r => r.Row.Sequence));
        Assert.All(results, r => Assert.True(r.IsNew));
        Assert.Equal(3, results.Select(r => r.Row.RowId).Distinct().Count());
        Assert.Equal(results[1].Row, await log.GetHeadAsync("zoo"));
        Assert.Equal(["other", "zoo"], (await log.GetRoomsAsync()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Append_SameBatchAgain_GivesTheRowItBecame()
    {
        await using var log = await OpenAsync("a");
        var first = await log.AppendAsync([Append("zoo", 1, 7)]);
        var again = await log.AppendAsync([Append("zoo", 1, 7), Append("zoo", 1, 8), Append("zoo", 1, 8), Append("zoo", 2, 7), Append("other", 1, 7)]);
        Assert.Equal(new LogAppendResult(first[0].Row, false), again[0]);
        Assert.Equal([1L, 2, 2, 3, 1], again.Select(r => r.Row.Sequence));
        Assert.Equal([false, true, false, true, true], again.Select(r => r.IsNew));
        Assert.Equal(again[1].Row, again[2].Row);
    }

    [Fact]
    public async Task Append_Nothing_IsNothing()
    {
        await using var log = await OpenAsync("a");
        Assert.Empty(await log.AppendAsync([]));
    }

    [Fact]
    public async Task Read_ByBytes_GivesAtLeastOneRowAndNotMoreThanFit()
    {
        await using var log = await OpenAsync("a");
        await log.AppendAsync([.. Enumerable.Range(1, 5).Select(b => Append("zoo", 1, b, 100))]);
        var one = (await log.ReadAsync("zoo", 0, 1))[0];
        Assert.Equal((1L, new UInt128(0, 1), 1L), (one.Cursor.Sequence, one.Session, one.Batch));
        Assert.Single(await log.ReadAsync("zoo", 0, 1));
        Assert.Equal([2L, 3], (await log.ReadAsync("zoo", 1, (one.Update.Length * 2) + 1)).Select(r => r.Cursor.Sequence));
        Assert.Equal([4L, 5], (await log.ReadAsync("zoo", 3, 1 << 20)).Select(r => r.Cursor.Sequence));
        Assert.Empty(await log.ReadAsync("zoo", 5, 1 << 20));
    }

    [Fact]
    public async Task Contains_OnlyTheVeryRow()
    {
        await using var log = await OpenAsync("a");
        var row = (await log.AppendAsync([Append("zoo", 1, 1)]))[0].Row;
        Assert.True(await log.ContainsAsync("zoo", row));
        Assert.True(await log.ContainsAsync("zoo", SyncCursor.Start));
        Assert.True(await log.ContainsAsync("empty", SyncCursor.Start));
        Assert.False(await log.ContainsAsync("zoo", row with { RowId = row.RowId + 1 }));
        Assert.False(await log.ContainsAsync("zoo", row with { Sequence = 2 }));
        Assert.False(await log.ContainsAsync("zoo", new SyncCursor(0, 5)));
        Assert.False(await log.ContainsAsync("other", row));
    }

    [Fact]
    public async Task Append_LargeAndExtremeValues_ComeBackAsTheyWere()
    {
        await using var log = await OpenAsync("a");
        var bytes = new byte[17 << 20];
        new Random(1).NextBytes(bytes);
        var room = new string('ü', 256);
        await log.AppendAsync([new LogAppend(room, UInt128.MaxValue, (1L << 53) - 1, bytes), new LogAppend(room, 0, 1, ReadOnlyMemory<byte>.Empty)]);
        var rows = await log.ReadAsync(room, 0, int.MaxValue);
        Assert.Equal((UInt128.MaxValue, (1L << 53) - 1), (rows[0].Session, rows[0].Batch));
        Assert.True(bytes.AsSpan().SequenceEqual(rows[0].Update.Span));
        Assert.Equal(0, rows[1].Update.Length);
    }

    [Fact]
    public async Task Append_FromManyAtOnce_NumbersHaveNoGapsAndReadersSeeOnlyWholeRows()
    {
        await using var log = await OpenAsync("a");
        using var done = new CancellationTokenSource();
        var reading = Task.Run(async () =>
        {
            long seen = 0;
            while (!done.IsCancellationRequested)
            {
                foreach (var row in await log.ReadAsync("zoo", seen, 2000))
                {
                    Assert.Equal(++seen, row.Cursor.Sequence);
                }
            }
        });
        await Task.WhenAll(Enumerable.Range(1, 4).Select(session => Task.Run(async () =>
        {
            for (var batch = 1; batch <= 25; batch++)
            {
                await log.AppendAsync([Append("zoo", (ulong)session, batch)]);
            }
        })));
        await done.CancelAsync();
        await reading;
        var rows = await log.ReadAsync("zoo", 0, 1 << 20);
        Assert.Equal(Enumerable.Range(1, 100).Select(n => (long)n), rows.Select(r => r.Cursor.Sequence));
        Assert.Equal(100, rows.Select(r => (r.Session, r.Batch)).Distinct().Count());
    }

    /// <summary>Random batches, with repetitions, and reopening: the log equals a list.</summary>
    [Fact]
    public async Task Log_RandomUse_EqualsAModel()
    {
        var batches = Gen.Select(Gen.Int[0, 2], Gen.ULong[1, 2], Gen.Long[1, 12], Gen.Int[0, 50]).Array[0, 8];
        var duplicates = 0;
        var reopened = 0;
        var number = 0;
        await Gen.Select(batches, Gen.Bool).Array[1, 10].SampleAsync(
            async steps =>
            {
                var name = $"model{Interlocked.Increment(ref number)}";
                var log = await OpenAsync(name);
                var model = new Dictionary<string, List<LogRow>>();
                try
                {
                    foreach (var (batch, reopen) in steps)
                    {
                        var appends = batch.Select(b => Append($"room{b.Item1}", b.Item2, b.Item3, b.Item4)).ToList();
                        var results = await log.AppendAsync(appends);
                        foreach (var (append, result) in appends.Zip(results))
                        {
                            var rows = model.TryGetValue(append.Room, out var known) ? known : model[append.Room] = [];
                            var index = rows.FindIndex(r => r.Session == append.Session && r.Batch == append.Batch);
                            Assert.Equal(index < 0, result.IsNew);
                            if (index < 0)
                            {
                                rows.Add(new LogRow(result.Row, append.Session, append.Batch, append.Update));
                                Assert.Equal(rows.Count, result.Row.Sequence);
                            }
                            else
                            {
                                Interlocked.Increment(ref duplicates);
                                Assert.Equal(rows[index].Cursor, result.Row);
                            }
                        }

                        if (reopen)
                        {
                            Interlocked.Increment(ref reopened);
                            await log.DisposeAsync();
                            log = await OpenAsync(name);
                        }

                        foreach (var (room, rows) in model)
                        {
                            Assert.Equal(rows[^1].Cursor, await log.GetHeadAsync(room));
                            var read = await log.ReadAsync(room, 0, 1 << 20);
                            Assert.Equal(rows.Select(r => (r.Cursor, r.Session, r.Batch)), read.Select(r => (r.Cursor, r.Session, r.Batch)));
                            Assert.All(rows.Zip(read), pair => Assert.True(pair.First.Update.Span.SequenceEqual(pair.Second.Update.Span)));
                        }
                    }
                }
                finally
                {
                    await log.DisposeAsync();
                }
            },
            iter: 25,
            threads: 1);
        Assert.True(duplicates > 20 && reopened > 20, $"duplicates {duplicates}, reopened {reopened}");
    }

    [Fact]
    public async Task DisposeAsync_Again_DoesNothing()
    {
        var log = await OpenAsync("a");
        await log.DisposeAsync();
        await log.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await log.GetHeadAsync("zoo"));
    }

    internal static LogAppend Append(string room, ulong session, long batch, int length = 1) =>
        new(room, session, batch, TestUpdates.Item(session, (uint)batch, length));
}
