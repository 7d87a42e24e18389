using TinyStore.Yjs;
using TinyStore.Yjs.Lib0;

namespace TinyStore.Sync.Frames;

/// <summary>Reads the frames of a message one after another; throws <see cref="FrameFormatException"/> where the message itself is broken.</summary>
internal struct MessageReader
{
    private readonly ReadOnlyMemory<byte> _message;
    private int _position;

    public MessageReader(ReadOnlyMemory<byte> message) => _message = message;

    public bool TryRead(out Frame frame)
    {
        if (_position == _message.Length)
        {
            frame = default;
            return false;
        }

        var reader = new Lib0Reader(_message.Span, _position);
        try
        {
            var length = reader.ReadVarBytes().Length;
            var end = reader.Position;
            reader = new Lib0Reader(_message.Span[..end], end - length);
            var channel = reader.ReadVarUint();
            var type = (FrameType)Math.Min(reader.ReadVarUint(), int.MaxValue);
            frame = new Frame(channel, type, _message[reader.Position..end]);
            _position = end;
            return true;
        }
        catch (YUpdateFormatException e)
        {
            throw Frame.Malformed(e);
        }
    }
}
