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

    /// <summary>Our engine behind the same protocol: the assembly beside the running test's own.</summary>
    public static JsonLineProcess StartDotNet() =>
        JsonLineProcess.Start("The .NET oracle", "dotnet", Path.Combine(AppContext.BaseDirectory, "TinyStore.Oracle.dll"));

    /// <summary>A peer of a relay with a real TinyBase store. The running test is skipped where Node is missing.</summary>
    public static async Task<JsonLineProcess> StartPeerAsync()
    {
        await Requirement.NodeAsync();
        return JsonLineProcess.Start("The JavaScript peer", "node", Path.Combine(Repository.JavaScript, "peer.mjs"));
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
