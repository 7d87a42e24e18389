using Microsoft.AspNetCore.SignalR.Client;
using TinyStore.Sync;
using TinyStore.Sync.Frames;

namespace TinyStore.SignalR;

internal sealed partial class HubLink
{
    /// <summary>Hands the frames of a message to their providers, each provider's in one piece. Called by SignalR, one message at a time.</summary>
    private void OnMessage(byte[] message)
    {
        SignalRProvider? provider = null;
        var frames = new List<Frame>();
        try
        {
            var reader = new MessageReader(message);
            while (reader.TryRead(out var frame))
            {
                if (frame.Channel == 0)
                {
                    Deliver();
                    provider = null;
                    DeliverToAll(frame);
                }
                else if (_channels.TryGetValue(frame.Channel, out var owner))
                {
                    if (owner != provider)
                    {
                        Deliver();
                        provider = owner;
                    }

                    frames.Add(frame);
                }
                else if (frame.Type == FrameType.Joined)
                {
                    LeaveForgotten(frame.Channel);
                }
            }
        }
        catch (FrameFormatException e)
        {
            _logger.MalformedMessage(e);
            DeliverToAll(new Frame(0, FrameType.Error, OutgoingFrame.Error(new SyncFailure(e.Code, $"the relay sent a message that cannot be read: {e.Message}")).Head));
        }

        Deliver();

        void Deliver()
        {
            if (frames.Count > 0)
            {
                provider!.OnFrames(frames);
                frames = [];
            }
        }
    }

    private void DeliverToAll(Frame frame)
    {
        lock (Links)
        {
            foreach (var provider in _providers)
            {
                provider.OnFrames([frame]);
            }
        }
    }

    /// <summary>A join that was on its way when the connection changed was answered on the new one; nobody waits for it.</summary>
    private void LeaveForgotten(ulong channel)
    {
        using var writer = new MessageWriter(CoalesceBytes);
        writer.TryWrite(channel, OutgoingFrame.Leave);
        Send(Volatile.Read(ref _generation), writer.Take());
    }

    /// <summary>Sends what is queued, small messages put together (a message is a sequence of frames, so two in a row are one).</summary>
    private async Task SendAsync()
    {
        var reader = _outgoing.Reader;
        var parts = new List<ReadOnlyMemory<byte>>();
        while (await reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (reader.TryRead(out var first))
            {
                parts.Clear();
                parts.Add(first.Message);
                var length = first.Message.Length;
                while (reader.TryPeek(out var next) && next.Generation == first.Generation && length + next.Message.Length <= CoalesceBytes)
                {
                    reader.TryRead(out _);
                    parts.Add(next.Message);
                    length += next.Message.Length;
                }

                if (first.Generation != Volatile.Read(ref _generation))
                {
                    continue;
                }

                try
                {
                    await _connection.SendCoreAsync(FrameMethod, [Join(parts, length)]).ConfigureAwait(false);
                }
#pragma warning disable CA1031 // Not connected any more: the loop finds out, and the sessions send again.
                catch (Exception)
#pragma warning restore CA1031
                {
                    // see above
                }
            }
        }
    }

    private static byte[] Join(List<ReadOnlyMemory<byte>> parts, int length)
    {
        if (parts.Count == 1 && System.Runtime.InteropServices.MemoryMarshal.TryGetArray(parts[0], out var only) && only.Count == only.Array!.Length)
        {
            return only.Array;
        }

        var message = new byte[length];
        var position = 0;
        foreach (var part in parts)
        {
            part.CopyTo(message.AsMemory(position));
            position += part.Length;
        }

        return message;
    }
}
