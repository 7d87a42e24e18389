using System.Diagnostics;

namespace TinyStore.TestKit;

/// <summary>A program of the tests as a process of its own, which a test kills in the middle of its work.</summary>
public sealed class CrashHostProcess : IDisposable
{
    private readonly Process _process;

    /// <summary>Starts a program. Its standard input ends when this is disposed, or when the test process ends.</summary>
    /// <param name="program">A type of the program.</param>
    /// <param name="arguments">What to tell it.</param>
    public CrashHostProcess(Type program, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(program.Assembly.Location);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
    }

    /// <summary>What it prints.</summary>
    public StreamReader Output => _process.StandardOutput;

    /// <summary>kill -9, whatever the process is doing.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Kills it if it still runs.</summary>
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
