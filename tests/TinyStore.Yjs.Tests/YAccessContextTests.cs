using System.Collections.Concurrent;

namespace TinyStore.Yjs.Tests;

public class YAccessContextTests
{
    private static YAccessContext Pool()
    {
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return YAccessContext.Capture();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    [Fact]
    public async Task Work_FromManyThreads_RunsOneAtATimeAndInOrder()
    {
        var lane = Pool();
        var running = 0;
        var perThread = new ConcurrentDictionary<int, List<int>>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            var tasks = new List<Task>();
            for (var i = 0; i < 500; i++)
            {
                var number = i;
                tasks.Add(lane.RunAsync(() =>
                {
                    Assert.Equal(1, Interlocked.Increment(ref running));
                    Assert.True(lane.IsInside);
                    perThread.GetOrAdd(worker, _ => []).Add(number);
                    Interlocked.Decrement(ref running);
                }));
            }

            await Task.WhenAll(tasks);
        })));
        Assert.All(perThread.Values, numbers => Assert.Equal(Enumerable.Range(0, 500), numbers));
        Assert.False(lane.IsInside);
    }

    [Fact]
    public async Task RunAsync_FromInside_RunsAtOnce()
    {
        var lane = Pool();
        var log = new List<string>();
        await lane.RunAsync(() =>
        {
            lane.Post(() => log.Add("posted"));
            log.Add("before");
            var task = lane.RunAsync(() => log.Add("inside"));
            Assert.True(task.IsCompleted);
            log.Add("after");
        });
        await lane.RunAsync(() => { });
        Assert.Equal(["before", "inside", "after", "posted"], log);
    }

    [Fact]
    public async Task RunAsync_ThatThrows_FailsItsTaskOnly()
    {
        var lane = Pool();
        await Assert.ThrowsAsync<FormatException>(() => lane.RunAsync(() => throw new FormatException()));
        Assert.Equal(4, await lane.RunAsync(() => 4));
    }

    [Fact]
    public async Task RunAsync_Cancelled_NeverRuns()
    {
        var lane = Pool();
        using var cancellation = new CancellationTokenSource();
        var release = new TaskCompletionSource();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var blocked = lane.RunAsync(() =>
        {
            started.SetResult();
            release.Task.Wait();
        });
        await started.Task;
        var ran = false;
        var task = lane.RunAsync(() => ran = true, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
        release.SetResult();
        await blocked;
        await lane.RunAsync(() => { });
        Assert.False(ran);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lane.RunAsync(() => { }, cancellation.Token));
    }

    [Fact]
    public async Task Post_ThatThrows_GoesToTheEvent_AndTheLaneGoesOn()
    {
        var lane = Pool();
        var seen = new TaskCompletionSource<object>(TaskCreationOptions.RunContinuationsAsynchronously);
        lane.UnhandledException += (_, e) => seen.SetResult(e.ExceptionObject);
        lane.Post(() => throw new FormatException());
        Assert.IsType<FormatException>(await seen.Task);
        Assert.Equal(1, await lane.RunAsync(() => 1));
    }

    [Fact]
    public void CapturedContext_RunsTheWork_AndAtOnceWhenIdle()
    {
        var context = new ManualContext();
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(context);
        try
        {
            var lane = YAccessContext.Capture();
            var log = new List<string>();
            lane.Post(() => log.Add("posted"));
            Assert.Empty(log);
            Assert.True(lane.RunAsync(() => log.Add("at once")).IsCompletedSuccessfully);
            SynchronizationContext.SetSynchronizationContext(null);
            var elsewhere = lane.RunAsync(() => log.Add("from elsewhere"));
            Assert.False(elsewhere.IsCompleted);
            context.RunAll();
            Assert.True(elsewhere.IsCompletedSuccessfully);
            Assert.Equal(["at once", "posted", "from elsewhere"], log);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    [Fact]
    public void CapturedContext_PostThatThrowsWithoutListener_ThrowsThereAndGoesOn()
    {
        var context = new ManualContext();
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(context);
        try
        {
            var lane = YAccessContext.Capture();
            var ran = false;
            lane.Post(() => throw new FormatException());
            lane.Post(() => ran = true);
            Assert.Throws<FormatException>(context.RunAll);
            context.RunAll();
            Assert.True(ran);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    [Fact]
    public async Task Document_UsedThroughItsContextFromManyThreads_NeverOverlaps()
    {
        var doc = new YDoc(new YDocOptions { Context = Pool() });
        var map = doc.GetMap("m");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; i < 300; i++)
            {
                await doc.Context.RunAsync(() => doc.Transact(_ => map.Set($"{worker}/{i}", i)));
            }
        })));
        Assert.Equal(2400, map.Count);
    }

    private sealed class ManualContext : SynchronizationContext
    {
        private readonly Queue<(SendOrPostCallback Callback, object? State)> _work = new();

        public override void Post(SendOrPostCallback d, object? state) => _work.Enqueue((d, state));

        public void RunAll()
        {
            while (_work.TryDequeue(out var work))
            {
                work.Callback(work.State);
            }
        }
    }
}
