using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace TinyStore.Benchmarks;

/// <summary>Runs <c>interop/js/bench.mjs</c>: the same work by the real yjs under Node, a process a measurement.</summary>
internal static class NodeBench
{
    public static JsonElement Run(string script, params object[] arguments)
    {
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true };
        start.ArgumentList.Add("--expose-gc");
        start.ArgumentList.Add("--max-old-space-size=8192");
        start.ArgumentList.Add(script);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(Convert.ToString(argument, CultureInfo.InvariantCulture)!);
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException("Node did not start.");
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? JsonDocument.Parse(output).RootElement.Clone()
            : throw new InvalidOperationException($"bench.mjs {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }

    public static double Median(JsonElement answer, string name) => Timing.Median(answer.GetProperty(name).EnumerateArray().Select(v => v.GetDouble()));
}
