using System.Globalization;
using TinyStore.Relay.Tests.Support;

namespace TinyStore.Relay.Tests;

/// <summary>Runs the tests, or is the relay of a process of its own that a test can kill: <c>relay FOLDER PORT</c>.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (args is ["relay", var folder, var port])
        {
            await using var host = await RelayHost.StartAsync(folder, int.Parse(port, CultureInfo.InvariantCulture));
            Console.WriteLine($"listening {host.Port}");
            await host.WaitForShutdownAsync();
            return 0;
        }

        return await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
    }
}
