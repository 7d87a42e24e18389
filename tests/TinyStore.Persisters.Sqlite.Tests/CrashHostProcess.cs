using System.Diagnostics;
using TinyStore.Persisters.CrashHost;

namespace TinyStore.Persisters.Sqlite.Tests;

/// <summary>A process of TinyStore.Persisters.CrashHost.</summary>
internal sealed class CrashHostProcess : IDisposable
{
    private readonly Process _process;

    public CrashHostProcess(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(typeof(Saver).Assembly.Location);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        _process = Process.Start(start)!;
    }

    public StreamReader Output => _process.StandardOutput;

    /// <summary>kill -9, whatever the process is doing.</summary>
    public void Kill() => _process.Kill();

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }
        _process.WaitForExit();
        _process.Dispose();
    }
}
