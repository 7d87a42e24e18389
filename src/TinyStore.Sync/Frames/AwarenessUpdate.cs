using TinyStore.Yjs;
using TinyStore.Yjs.Lib0;

namespace TinyStore.Sync.Frames;

/// <summary>One client's state in y-protocols' awareness update: <c>clientID, clock, varString json</c>.</summary>
internal readonly record struct AwarenessState(ulong Client, ulong Clock, ReadOnlyMemory<byte> Json)
{
    /// <summary>The JSON text <c>null</c>: the client is gone.</summary>
    public static ReadOnlyMemory<byte> Null { get; } = "null"u8.ToArray();

    public bool IsNull => Json.Span.SequenceEqual("null"u8);
}

/// <summary>y-protocols' awareness update: <c>varUint n, n states</c>. The JSON stays bytes.</summary>
internal static class AwarenessUpdate
{
    /// <exception cref="FrameFormatException">The bytes are malformed.</exception>
    public static List<AwarenessState> Read(ReadOnlyMemory<byte> update)
    {
        var reader = new Lib0Reader(update.Span);
        try
        {
            var count = reader.ReadCount(minBytes: 3);
            var states = new List<AwarenessState>(count);
            for (; count > 0; count--)
            {
                var client = reader.ReadVarUint();
                var clock = reader.ReadVarUint();
                var length = reader.ReadVarUtf8().Length;
                states.Add(new AwarenessState(client, clock, update.Slice(reader.Position - length, length)));
            }

            return states;
        }
        catch (YUpdateFormatException e)
        {
            throw Frame.Malformed(e);
        }
    }

    public static byte[] Write(IReadOnlyList<AwarenessState> states)
    {
        using var writer = new Lib0Writer(256);
        writer.WriteVarUint((ulong)states.Count);
        foreach (var state in states)
        {
            writer.WriteVarUint(state.Client);
            writer.WriteVarUint(state.Clock);
            writer.WriteVarBytes(state.Json.Span);
        }

        return writer.ToArray();
    }
}
