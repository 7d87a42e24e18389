using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using TinyStore.Crdt;
using TinyStore.SignalR;
using TinyStore.Yjs;

namespace TinyStore.Crdt.CrashHost;

/// <summary>Edits without a connection, and is killed.</summary>
internal sealed class OfflineUser(string path)
{
    public async Task EditAsync(string prefix, int count)
    {
        using var doc = new YDoc();
        await using var file = await DocFile.OpenAsync(path, doc);
        for (var i = 0; i < count; i++)
        {
            doc.GetMap("t").Set($"{prefix}{i}", i);
        }

        await file.WhenSavedAsync();
        Console.WriteLine("saved");
        await Task.Delay(Timeout.Infinite);
    }
}

/// <summary>Edits while a provider sends and receives, and is killed.</summary>
internal sealed class OnlineUser(string path, int port, string room)
{
    public async Task EditAsync()
    {
        using var doc = new YDoc();
        await using var file = await DocFile.OpenAsync(path, doc, new DocFileOptions { CompactionMinimumBytes = 2000 });
        await using var connection = new HubConnectionBuilder().WithUrl($"http://127.0.0.1:{port}/tinystore").AddMessagePackProtocol().Build();
        await using var provider = new SignalRProvider(connection, room, doc, new SignalRProviderOptions { StateStore = file });
        provider.Error += (_, e) => Console.WriteLine($"error {e}");
        await provider.StartAsync();
        Console.WriteLine($"ready {provider.UnacknowledgedCount}");
        var random = new Random();
        for (var i = 0; ; i++)
        {
            var key = $"{doc.ClientId} {i}";
            await doc.Context.RunAsync(() => doc.GetMap("t").Set(key, i));
            if (random.Next(3) == 0)
            {
                await file.WhenSavedAsync();
                Console.WriteLine($"saved {key}");
            }

            if (random.Next(10) == 0)
            {
                await Task.Delay(1);
            }
        }
    }
}
