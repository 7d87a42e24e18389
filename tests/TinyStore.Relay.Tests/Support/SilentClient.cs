using System.Net.Http;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using TinyStore.Sync.Frames;

namespace TinyStore.Relay.Tests.Support;

/// <summary>SignalR's JSON protocol by hand over a WebSocket with small buffers: a client that reads only when it is told to.</summary>
internal sealed class SilentClient : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly MemoryStream _unread = new();
    private readonly Queue<Frame> _frames = new();

    public WebSocketState State => _socket.State;

    public static async Task<SilentClient> ConnectAsync(RelayHost host)
    {
        var client = new SilentClient();
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellation) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 8192, NoDelay = true };
                await socket.ConnectAsync(context.DnsEndPoint, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        await client._socket.ConnectAsync(new Uri($"ws://127.0.0.1:{host.Port}/tinystore"), invoker, CancellationToken.None);
        await client.SendTextAsync("""{"protocol":"json","version":1}""");
        Assert.Equal("{}", await client.ReadTextAsync());
        return client;
    }

    public Task SendAsync(ulong channel, params OutgoingFrame[] frames)
    {
        using var writer = new MessageWriter(1 << 20);
        foreach (var frame in frames)
        {
            Assert.True(writer.TryWrite(channel, frame));
        }

        return SendTextAsync($$"""{"type":1,"target":"Frame","arguments":["{{Convert.ToBase64String(writer.Take())}}"]}""");
    }

    /// <summary>Reads the next frame.</summary>
    public async Task<Frame> NextAsync()
    {
        while (_frames.Count == 0)
        {
            using var json = JsonDocument.Parse(await ReadTextAsync());
            if (json.RootElement.GetProperty("type").GetInt32() != 1)
            {
                continue; // SignalR's own
            }

            var reader = new MessageReader(json.RootElement.GetProperty("arguments")[0].GetBytesFromBase64());
            while (reader.TryRead(out var frame))
            {
                _frames.Enqueue(frame);
            }
        }

        return _frames.Dequeue();
    }

    public ValueTask DisposeAsync()
    {
        _socket.Abort();
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task SendTextAsync(string text) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes($"{text}\u001e"), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    private async Task<string> ReadTextAsync()
    {
        using var timeout = new CancellationTokenSource(RawClient.Patience);
        var buffer = new byte[16384];
        while (true)
        {
            var bytes = _unread.GetBuffer().AsSpan(0, (int)_unread.Length);
            var end = bytes.IndexOf((byte)0x1e);
            if (end >= 0)
            {
                var text = Encoding.UTF8.GetString(bytes[..end]);
                var rest = bytes[(end + 1)..].ToArray();
                _unread.SetLength(0);
                _unread.Write(rest);
                return text;
            }

            var result = await _socket.ReceiveAsync(buffer, timeout.Token);
            Assert.NotEqual(WebSocketMessageType.Close, result.MessageType);
            _unread.Write(buffer, 0, result.Count);
        }
    }
}
