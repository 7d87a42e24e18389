using TinyStore.Sync.Frames;
using TinyStore.Sync.Tests.Frames;

namespace TinyStore.Sync.Tests.Support;

/// <summary>The relay's end of one channel, moved by hand: reads what a session sends, and sends what a test says.</summary>
internal sealed class ScriptedRelay
{
    private readonly SyncSession _session;
    private readonly ChunkAssembler _assembler = new(1 << 30);

    public ScriptedRelay(SyncSession session) => _session = session;

    public ulong Channel { get; private set; }

    /// <summary>What the session sent since the last look, chunks put together.</summary>
    public Queue<Frame> Sent { get; } = new();

    public int LongestMessage { get; private set; }

    public void Open()
    {
        Channel++;
        _assembler.Clear();
        Sent.Clear();
        _session.Open(Channel, message =>
        {
            LongestMessage = Math.Max(LongestMessage, message.Length);
            foreach (var frame in FrameTests.Read(message.ToArray()))
            {
                if (frame.Type != FrameType.Chunk)
                {
                    Sent.Enqueue(frame);
                }
                else if (_assembler.Add(frame.Channel, frame.ReadChunk(), out var whole))
                {
                    Sent.Enqueue(whole);
                }
            }
        });
    }

    public Frame Next(FrameType type)
    {
        var frame = Sent.Dequeue();
        Assert.Equal(type, frame.Type);
        Assert.Equal(Channel, frame.Channel);
        return frame;
    }

    public ClientUpdateFrame NextUpdate() => Next(FrameType.Update).ReadClientUpdate();

    public void Send(OutgoingFrame frame, ulong? channel = null)
    {
        using var writer = new MessageWriter(1 << 30);
        Assert.True(writer.TryWrite(channel ?? Channel, frame));
        _session.Receive(writer.Take());
    }

    public void Joined(bool resumed = false, SyncAccess access = SyncAccess.Write, int maxFrameBytes = 1 << 20, int maxDocumentBytes = 64 << 20, long head = 0) =>
        Send(OutgoingFrame.Joined(new JoinedFrame(1, access, maxFrameBytes, maxDocumentBytes, resumed, head)));

    public void Row(long sequence, byte[] update) => Send(OutgoingFrame.RelayUpdate(new SyncCursor(sequence, (ulong)sequence * 11), UpdateKind.Update, update));

    public void CaughtUp(long sequence) =>
        Send(OutgoingFrame.RelayUpdate(new SyncCursor(sequence, (ulong)sequence * 11), UpdateKind.Step2, new byte[] { 0, 0 }));

    public void StateVector(params byte[] bytes) => Send(OutgoingFrame.Step1(bytes));

    public void Ack(long batch, long sequence) => Send(OutgoingFrame.Ack(batch, new SyncCursor(sequence, (ulong)sequence * 11)));

    public void Nack(long batch, SyncErrorCode code, int retryAfter = 0) => Send(OutgoingFrame.Nack(batch, new SyncFailure(code, "because"), retryAfter));

    public void Error(SyncErrorCode code, int retryAfter = 0, ulong? channel = null) =>
        Send(OutgoingFrame.Error(new SyncFailure(code, "because"), retryAfter), channel);

    /// <summary>Joins an empty room and brings the session to synced.</summary>
    public void Sync(long head = 0)
    {
        Open();
        Joined();
        StateVector(0);
        CaughtUp(head);
        while (Sent.TryDequeue(out var frame))
        {
            if (frame.Type == FrameType.Update)
            {
                Ack(frame.ReadClientUpdate().Batch, ++head);
            }
        }

        Assert.Equal(SyncSessionState.Synced, _session.State);
    }
}
