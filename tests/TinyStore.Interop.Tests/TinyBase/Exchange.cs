using TinyStore.TestKit;

namespace TinyStore.Interop.Tests.TinyBase;

/// <summary>Moves updates between peers.</summary>
internal static class Exchange
{
    private const int MaxRounds = 10;

    /// <summary>Hands on each update as it was made, as a relay does, until nobody makes any more.</summary>
    /// <returns>How many rounds it took.</returns>
    public static async Task<int> ForwardAsync(params IReadOnlyList<IPeer> peers)
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            var moved = 0;
            foreach (var from in peers)
            {
                foreach (var update in await from.TakeUpdatesAsync())
                {
                    moved++;
                    foreach (var to in peers.Where(to => to != from))
                    {
                        await to.ApplyAsync(update);
                    }
                }
            }

            if (moved == 0)
            {
                return round;
            }
        }

        throw new InvalidOperationException($"The peers still answer each other after {MaxRounds} rounds.");
    }

    /// <summary>Everybody gets what they lack of everybody's document.</summary>
    public static async Task MergeAsync(params IReadOnlyList<IPeer> peers)
    {
        foreach (var from in peers)
        {
            foreach (var to in peers.Where(to => to != from))
            {
                await to.ApplyAsync(await from.EncodeAsync(await to.StateVectorAsync()));
            }
        }
    }

    /// <summary>All documents show the same, and each of our stores shows what its document does.</summary>
    public static async Task AssertConvergedAsync(string what, params IReadOnlyList<IPeer> peers)
    {
        var first = await peers[0].VisibleAsync();
        foreach (var peer in peers)
        {
            Convergence.AssertEqual(($"{what}: the first document", first), ("another document", await peer.VisibleAsync()));
            if (peer is DotNetPeer)
            {
                Convergence.AssertEqual(($"{what}: the documents", first), ("a .NET store", await peer.ContentAsync()));
            }
        }
    }
}
