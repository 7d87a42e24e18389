using System.Diagnostics;

namespace TinyStore.Oracle.Ops;

/// <summary>The field <c>repeat</c>: runs the work n times and answers with the wall time of each run.</summary>
internal static class Repetition
{
    public static void Run(Request request, Answer answer, Action work)
    {
        if (!IsAsked(request, out var count))
        {
            work();
            return;
        }

        var times = new List<double>(count);
        for (var run = 0; run < count; run++)
        {
            var start = Stopwatch.GetTimestamp();
            work();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        answer.Milliseconds = times;
    }

    public static async ValueTask RunAsync(Request request, Answer answer, Func<ValueTask> work)
    {
        if (!IsAsked(request, out var count))
        {
            await work();
            return;
        }

        var times = new List<double>(count);
        for (var run = 0; run < count; run++)
        {
            var start = Stopwatch.GetTimestamp();
            await work();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        answer.Milliseconds = times;
    }

    private static bool IsAsked(Request request, out int count)
    {
        var repeat = request.OptionalInteger("repeat");
        count = repeat is null or (> 0 and <= 1_000_000)
            ? (int)(repeat ?? 0)
            : throw new OracleRequestException("repeat must be an integer of 1 or more.");
        return repeat is not null;
    }
}
