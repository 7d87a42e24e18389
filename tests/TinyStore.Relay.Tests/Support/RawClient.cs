using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR.Client;
using TinyStore.Sync;
using TinyStore.Sync.Frames;

namespace TinyStore.Relay.Tests.Support;

/// <summary>A client that says exactly what a test tells it to, over a real connection.</summary>
internal sealed class RawClient : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly Channel<Frame> _received = Channel.CreateUnbounded<Frame>();
    private readonly Dictionary<ulong, ChunkAssembler> _assemblers = [];
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _longest;

    private RawClient(HubConnection connection)
    {
        Connection = connection;
        connection.On<byte[]>("Frame", OnMessage);
        connection.Closed += _ =>
        {
            _closed.TrySetResult();
            return Task.CompletedTask;
        };
    }

    public HubConnection Connection { get; }

    /// <summary>The longest message that came.</summary>
    public int LongestMessage => Volatile.Read(ref _longest);

    public Task Closed => _closed.Task;

    public static async Task<RawClient> ConnectAsync(RelayHost host, HubProtocol protocol = HubProtocol.MessagePack)
    {
        var client = new RawClient(host.Connect(protocol));
        await client.Connection.StartAsync();
        return client;
    }

    public Task SendAsync(ulong channel, params OutgoingFrame[] frames)
    {
        using var writer = new MessageWriter(1 << 30);
        foreach (var frame in frames)
        {
            Assert.True(writer.TryWrite(channel, frame));
        }

        return SendAsync(writer.Take());
    }

    public Task SendAsync(byte[] message) => Connection.SendAsync("Frame", message);

    public async Task SendChunkedAsync(ulong channel, OutgoingFrame frame, int maxFrameBytes)
    {
        var transfer = new OutgoingTransfer(channel, 1, frame, maxFrameBytes);
        using var writer = new MessageWriter(maxFrameBytes);
        while (!transfer.IsDone)
        {
            Assert.True(transfer.TryWriteNext(writer));
            await SendAsync(writer.Take());
        }
    }

    public Task JoinAsync(ulong channel, string room, UInt128 session, SyncCursor? cursor = null, bool wantsStateVector = true, params OutgoingFrame[] more) =>
        SendAsync(channel, [OutgoingFrame.Join(new JoinFrame(1, session, room, cursor, wantsStateVector)), .. more]);

    /// <summary>Joins with nothing, reads until the relay says that this is all, and returns the rows.</summary>
    public async Task<List<RelayUpdateFrame>> JoinAndCatchUpAsync(ulong channel, string room, UInt128 session)
    {
        await JoinAsync(channel, room, session, null, true, OutgoingFrame.Step1(new byte[] { 0 }));
        await NextAsync(FrameType.Joined);
        var rows = new List<RelayUpdateFrame>();
        while (true)
        {
            var frame = await NextAsync();
            if (frame.Type == FrameType.Update)
            {
                var update = frame.ReadRelayUpdate();
                if (update.Kind == UpdateKind.Step2)
                {
                    return rows;
                }

                rows.Add(update);
            }
        }
    }

    public Task UpdateAsync(ulong channel, long batch, byte[] update, UpdateKind kind = UpdateKind.Update) =>
        SendAsync(channel, OutgoingFrame.ClientUpdate(batch, kind, update));

    public async Task<Frame> NextAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        return await _received.Reader.ReadAsync(timeout.Token);
    }

    public async Task<Frame> NextAsync(FrameType type)
    {
        var frame = await NextAsync();
        Assert.Equal(type, frame.Type);
        return frame;
    }

    /// <summary>The next frame of a type, passing over others.</summary>
    public async Task<Frame> FindAsync(FrameType type)
    {
        while (true)
        {
            var frame = await NextAsync();
            if (frame.Type == type)
            {
                return frame;
            }
        }
    }

    public async Task<SyncFailure> NextErrorAsync(ulong channel)
    {
        var frame = await NextAsync(FrameType.Error);
        Assert.Equal(channel, frame.Channel);
        return frame.ReadError().Failure;
    }

    /// <summary>Nothing comes for a while.</summary>
    public async Task AssertQuietAsync(int milliseconds = 150)
    {
        await Task.Delay(milliseconds);
        Assert.False(_received.Reader.TryRead(out var frame), $"got {frame.Type}");
    }

    public ValueTask DisposeAsync() => Connection.DisposeAsync();

    private void OnMessage(byte[] message)
    {
        _longest = Math.Max(_longest, message.Length);
        var reader = new MessageReader(message);
        while (reader.TryRead(out var frame))
        {
            if (frame.Type != FrameType.Chunk)
            {
                _received.Writer.TryWrite(frame);
                continue;
            }

            if (!_assemblers.TryGetValue(frame.Channel, out var assembler))
            {
                _assemblers.Add(frame.Channel, assembler = new ChunkAssembler(1 << 30));
            }

            if (assembler.Add(frame.Channel, frame.ReadChunk(), out var whole))
            {
                _received.Writer.TryWrite(whole);
            }
        }
    }
}
