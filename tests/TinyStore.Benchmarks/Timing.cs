using System.Diagnostics;

namespace TinyStore.Benchmarks;

/// <summary>Times work the same way everywhere: warm-ups first, a collection before each run, then the median.</summary>
internal static class Timing
{
    public const int Runs = 5;
    public const int WarmUps = 3;

    /// <summary>Wall time of each measured run, in milliseconds.</summary>
    public static double[] Run(Action work, int runs = Runs, int warmUps = WarmUps) => Run(static () => { }, work, runs, warmUps);

    /// <summary>As before; what prepares each run is not measured.</summary>
    public static double[] Run(Action prepare, Action work, int runs = Runs, int warmUps = WarmUps)
    {
        var ms = new double[runs];
        for (var i = -warmUps; i < runs; i++)
        {
            prepare();
            Collect();
            var start = Stopwatch.GetTimestamp();
            work();
            if (i >= 0)
            {
                ms[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
            else
            {
                // The compiler waits for 100 ms in which nothing new runs before it optimizes, and does it in two steps.
                Thread.Sleep(400);
            }
        }

        return ms;
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }

    public static double Percentile(double[] values, double percent)
    {
        var sorted = values.Order().ToArray();
        return sorted[Math.Clamp((int)Math.Ceiling(percent / 100 * sorted.Length) - 1, 0, sorted.Length - 1)];
    }

    /// <summary>What an object keeps alive, in bytes: the heap with it less the heap without.</summary>
    public static long Retained<T>(Func<T> make)
        where T : class
    {
        Collect();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var kept = make();
        Collect();
        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(kept);
        return after - before;
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}
