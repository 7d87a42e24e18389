using Xunit;

namespace TinyStore.TestKit;

/// <summary>Starts the programs that speak the oracle protocol, and the JavaScript peer.</summary>
public static class Oracles
{
    /// <summary>The real yjs and TinyBase. The running test is skipped where Node is missing.</summary>
    public static async Task<JsonLineProcess> StartNodeAsync()
    {
        await Requirement.NodeAsync();
        return JsonLineProcess.Start("The JavaScript oracle", "node", Path.Combine(Repository.JavaScript, "oracle.mjs"));
    }

    /// <summary>Our engine behind the same protocol, as built together with the running tests.</summary>
    public static JsonLineProcess StartDotNet() => JsonLineProcess.Start("The .NET oracle", "dotnet", OraclePath());

    /// <summary>A peer of a relay with a real TinyBase store. The running test is skipped where Node is missing.</summary>
    public static async Task<JsonLineProcess> StartPeerAsync()
    {
        await Requirement.NodeAsync();
        return JsonLineProcess.Start("The JavaScript peer", "node", Path.Combine(Repository.JavaScript, "peer.mjs"));
    }

    /// <summary>The output folder of the same configuration and framework as that of the tests, …/bin/Debug/net10.0.</summary>
    private static string OraclePath()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        var path = Path.Combine(Repository.Root, "interop", "TinyStore.Oracle", "bin", folder.Parent!.Name, folder.Name, "TinyStore.Oracle.dll");
        return File.Exists(path) ? path : throw new InvalidOperationException($"Build TinyStore.Oracle first: there is no {path}.");
    }
}

/// <summary>One JavaScript oracle for all tests of a class; started by the first that asks.</summary>
public sealed class NodeOracle : IAsyncLifetime
{
    private JsonLineProcess? _process;

    /// <summary>The oracle. The running test is skipped where Node is missing.</summary>
    public async ValueTask<JsonLineProcess> GetAsync() => _process ??= await Oracles.StartNodeAsync();

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process?.DisposeAsync() ?? ValueTask.CompletedTask;
}
