using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs.Updates;

/// <summary>
/// Writes a V1 update struct by struct. How many groups and structs there are is known only at the end, so the structs go to
/// a buffer of their own and the headers are put between them by <see cref="Finish"/>.
/// </summary>
internal sealed class UpdateWriter : IDisposable
{
    private readonly Lib0Writer _structs = new(1024);
    private readonly List<Group> _groups = [];
    private Group _group;

    /// <summary>Writes one struct from an offset: what lies before the offset is left out, and the element before it becomes the origin.</summary>
    public void Write(ReadOnlySpan<byte> source, in YStruct s, uint offset = 0)
    {
        Begin(s.Client, s.Clock + offset);
        if (!s.IsItem)
        {
            _structs.WriteByte((byte)s.Kind);
            _structs.WriteVarUint(s.Length - offset);
        }
        else if (offset == 0)
        {
            // An item that takes its key from its origin is written without the key flag when its key was never looked up.
            _structs.WriteByte((byte)(s.HasKey ? s.Info : s.Info & ~YStruct.HasKeyFlag));
            _structs.WriteBytes(source[(s.Start + 1)..s.End]);
        }
        else
        {
            WriteSlice(source, in s, offset);
        }
    }

    /// <summary>Writes a stretch of collected clocks or a hole.</summary>
    public void WriteStretch(YContentKind kind, ulong client, uint clock, uint length)
    {
        Begin(client, clock);
        _structs.WriteByte((byte)kind);
        _structs.WriteVarUint(length);
    }

    /// <summary>Puts everything together; the delete set follows behind it.</summary>
    public void Finish(Lib0Writer output)
    {
        EndGroup();
        output.WriteVarUint((uint)_groups.Count);
        var start = 0;
        foreach (var group in _groups)
        {
            output.WriteVarUint(group.Count);
            output.WriteVarUint(group.Client);
            output.WriteVarUint(group.Clock);
            output.WriteBytes(_structs.Written[start..group.End]);
            start = group.End;
        }
    }

    public void Dispose() => _structs.Dispose();

    private void Begin(ulong client, uint clock)
    {
        if (_group.Count == 0 || _group.Client != client)
        {
            EndGroup();
            _group = new Group { Client = client, Clock = clock };
        }

        _group.Count++;
    }

    private void EndGroup()
    {
        if (_group.Count > 0)
        {
            _group.End = _structs.Length;
            _groups.Add(_group);
            _group.Count = 0;
        }
    }

    private void WriteSlice(ReadOnlySpan<byte> source, in YStruct s, uint offset)
    {
        _structs.WriteByte((byte)((byte)s.Kind | YStruct.HasOriginFlag | (s.Info & YStruct.HasRightOriginFlag) | (s.HasKey ? YStruct.HasKeyFlag : 0)));
        _structs.WriteVarUint(s.Client);
        _structs.WriteVarUint(s.Clock + offset - 1);
        if (s.HasRightOrigin)
        {
            _structs.WriteVarUint(s.RightOrigin.Client);
            _structs.WriteVarUint(s.RightOrigin.Clock);
        }

        var content = s.ContentBytes(source);
        switch (s.Kind)
        {
            case YContentKind.String:
                var start = Utf8Text.OffsetOfUnit(content, offset, out var insidePair);
                _structs.WriteVarUint((uint)(content.Length - start + (insidePair ? 3 : 0)));
                _structs.WriteBytes(insidePair ? "\uFFFD"u8 : default);
                _structs.WriteBytes(content[start..]);
                break;
            case YContentKind.Deleted:
                _structs.WriteVarUint(s.Length - offset);
                break;
            default:
                var reader = new Lib0Reader(content);
                for (var left = offset; left > 0; left--)
                {
                    if (s.Kind == YContentKind.Json)
                    {
                        reader.ReadVarBytes();
                    }
                    else
                    {
                        Lib0Any.Skip(ref reader);
                    }
                }

                _structs.WriteVarUint(s.Length - offset);
                _structs.WriteBytes(content[reader.Position..]);
                break;
        }
    }

    private struct Group
    {
        public ulong Client;
        public uint Clock;
        public uint Count;
        public int End;
    }
}
