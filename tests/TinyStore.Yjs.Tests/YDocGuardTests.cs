using System.Collections.Concurrent;
using TinyStore.Yjs.Tests.Structs;

namespace TinyStore.Yjs.Tests;

public class YDocGuardTests
{
    [Fact]
    public void ConcurrentWriters_AreNoticed_AndTheDocumentStaysWhole()
    {
        var doc = new YDoc();
        var noticed = 0;
        var unexpected = new ConcurrentQueue<Exception>();
        using var start = new Barrier(4);
        var threads = Enumerable.Range(0, 4).Select(worker => new Thread(() =>
        {
            var map = Retry(() => doc.GetMap("m"));
            start.SignalAndWait();
            for (var i = 0; i < 20_000; i++)
            {
                try
                {
                    map.Set("k" + ((worker * 100) + (i % 50)), i);
                }
                catch (InvalidOperationException)
                {
                    Interlocked.Increment(ref noticed);
                }
                catch (Exception e)
                {
                    // An exception that leaves a thread ends the process and takes the test run with it.
                    unexpected.Enqueue(e);
                }
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.Empty(unexpected);
        Assert.True(noticed > 0);
        StoreIntegrity.Check(doc);
        var copy = new YDoc();
        copy.ApplyUpdate(doc.EncodeStateAsUpdate());
        Assert.Equal(doc.GetMap("m").Count, copy.GetMap("m").Count);
    }

    [Fact]
    public void CallFromAnotherThread_WhileObserversAreCalled_IsRefusedAndTheUpdateIsTold()
    {
        var doc = new YDoc();
        var copy = new YDoc();
        using var updates = doc.ObserveUpdates(e => copy.ApplyUpdate(e.Update.Span, doc));
        Exception? refused = null;
        using (doc.GetMap("m").Observe(_ => refused = OnAnotherThread(() => doc.GetMap("m").Set("b", 2))))
        {
            doc.GetMap("m").Set("a", 1);
        }

        Assert.IsType<InvalidOperationException>(refused);
        Assert.Equal(1, copy.GetMap("m")["a"]);
        Assert.Equal(doc.EncodeStateAsUpdate(), copy.EncodeStateAsUpdate());
    }

    [Fact]
    public void CallFromAnotherThread_InsideATransaction_IsRefused()
    {
        var doc = new YDoc();
        doc.Transact(_ =>
        {
            doc.GetMap("m").Set("a", 1);
            Assert.IsType<InvalidOperationException>(OnAnotherThread(() => doc.GetMap("m").Set("b", 2)));
            Assert.IsType<InvalidOperationException>(OnAnotherThread(() => doc.EncodeStateAsUpdate()));
        });
        Assert.Null(OnAnotherThread(() => doc.GetMap("m").Set("b", 2)));
        Assert.Equal(2, doc.GetMap("m").Count);
    }

    [Fact]
    public async Task TransactionThatHopsThreads_IsAllowed()
    {
        var doc = new YDoc();
        for (var i = 0; i < 20; i++)
        {
            await Task.Run(() => doc.GetMap("m").Set("n", i), TestContext.Current.CancellationToken);
            await Task.Yield();
        }

        Assert.Equal(19, doc.GetMap("m")["n"]);
    }

    [Fact]
    public void ChangeDuringEnumeration_EndsIt()
    {
        var doc = new YDoc();
        var map = doc.GetMap("m");
        map.Set("a", 1);
        map.Set("b", 1);
        Assert.Throws<InvalidOperationException>(() =>
        {
            foreach (var (key, _) in map)
            {
                map.Set(key, 2);
            }
        });
        Assert.Equal(2, map.Count);
    }

    private static Exception? OnAnotherThread(Action action)
    {
        Exception? thrown = null;
        var thread = new Thread(() => thrown = Record.Exception(action));
        thread.Start();
        thread.Join();
        return thrown;
    }

    private static T Retry<T>(Func<T> function)
    {
        while (true)
        {
            try
            {
                return function();
            }
            catch (InvalidOperationException)
            {
                Thread.Yield();
            }
        }
    }
}
