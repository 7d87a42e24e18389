using Microsoft.AspNetCore.SignalR;
using TinyStore.Relay.Connections;

namespace TinyStore.Relay;

/// <summary>The SignalR face of the relay: one opaque method each way, called <c>Frame</c> (<c>docs/relay-protocol.md</c>).</summary>
internal sealed class RelayHub : Hub
{
    public const string FrameMethod = "Frame";

    private const string ConnectionKey = "TinyStore.Relay";

    private readonly RelayService _relay;

    public RelayHub(RelayService relay) => _relay = relay;

    [HubMethodName(FrameMethod)]
    public Task FrameAsync(byte[] message) =>
        Context.Items[ConnectionKey] is RelayConnection connection ? connection.ReceiveAsync(message ?? []) : Task.CompletedTask;

    public override Task OnConnectedAsync()
    {
        if (_relay.IsDraining)
        {
            // SignalR has closed its connections, and the server waits for those that come now.
            Context.Abort();
            return Task.CompletedTask;
        }

        var http = Context.GetHttpContext();
        var caller = new RelayCaller(Context.ConnectionId, Context.User ?? new(), http, LocalCaller.IsLocal(http));
        Context.Items[ConnectionKey] = _relay.Connect(caller, Context.Abort);
        return Task.CompletedTask;
    }

    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        if (Context.Items[ConnectionKey] is RelayConnection connection)
        {
            await _relay.DisconnectAsync(connection).ConfigureAwait(false);
        }
    }
}
