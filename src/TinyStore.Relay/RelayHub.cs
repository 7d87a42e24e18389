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
    public Task FrameAsync(byte[] message) => ((RelayConnection)Context.Items[ConnectionKey]!).ReceiveAsync(message ?? []);

    public override Task OnConnectedAsync()
    {
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
