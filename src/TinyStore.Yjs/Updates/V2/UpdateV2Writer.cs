using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs.Updates;

/// <summary>Writes V1 bytes as an update in format V2. <see cref="UpdateV2Reader"/> shows the layout.</summary>
internal sealed class UpdateV2Writer : IDisposable
{
    private readonly IntDiffOptRleWriter _keyClocks = new();
    private readonly UintOptRleWriter _clients = new();
    private readonly IntDiffOptRleWriter _leftClocks = new();
    private readonly IntDiffOptRleWriter _rightClocks = new();
    private readonly RleByteWriter _infos = new();
    private readonly StringColumnWriter _strings = new();
    private readonly RleByteWriter _parentInfos = new();
    private readonly UintOptRleWriter _typeRefs = new();
    private readonly UintOptRleWriter _lengths = new();
    private readonly Lib0Writer _rest = new(1024);
    private readonly bool _keepKeyFlags;
    private uint _nextKey;

    private UpdateV2Writer(bool keepKeyFlags) => _keepKeyFlags = keepKeyFlags;

    /// <summary>Writes a V1 update, which must be valid, as V2.</summary>
    /// <param name="update">The update in format V1.</param>
    /// <param name="outline">Its outline.</param>
    /// <param name="keepKeyFlags">
    /// Whether an item that takes its key from its origin keeps the flag that says it has one. Yjs drops the flag when it
    /// rewrites an update of somebody else, because it did not look the key up.
    /// </param>
    /// <param name="output">Where the update goes.</param>
    public static void Write(ReadOnlySpan<byte> update, YUpdateOutline outline, bool keepKeyFlags, Lib0Writer output)
    {
        using var writer = new UpdateV2Writer(keepKeyFlags);
        writer.WriteStructs(update, outline, outline.Format);
        DeleteSetV2.Write(update, outline.DeleteSetStart, writer._rest);
        writer.Finish(output);
    }

    public void Dispose()
    {
        _keyClocks.Dispose();
        _clients.Dispose();
        _leftClocks.Dispose();
        _rightClocks.Dispose();
        _infos.Dispose();
        _strings.Dispose();
        _parentInfos.Dispose();
        _typeRefs.Dispose();
        _lengths.Dispose();
        _rest.Dispose();
    }

    private void Finish(Lib0Writer output)
    {
        output.WriteByte(0);
        output.WriteVarBytes(_keyClocks.Finish());
        output.WriteVarBytes(_clients.Finish());
        output.WriteVarBytes(_leftClocks.Finish());
        output.WriteVarBytes(_rightClocks.Finish());
        output.WriteVarBytes(_infos.Finish());
        _strings.Finish(output);
        output.WriteVarBytes(_parentInfos.Finish());
        output.WriteVarBytes(_typeRefs.Finish());
        output.WriteVarBytes(_lengths.Finish());
        output.WriteBytes(_rest.Written);
    }

    private void WriteStructs(ReadOnlySpan<byte> update, YUpdateOutline outline, YContentFormat format)
    {
        var start = _rest.Length;
        uint groups = 0;
        foreach (ref readonly var group in outline.Groups)
        {
            var groupStart = _rest.Length;
            uint structs = 0;
            var reader = new YStructReader(update, in group, format);
            while (reader.NextStruct())
            {
                if (structs++ == 0)
                {
                    _clients.Write(group.Client);
                    _rest.WriteVarUint(reader.Current.Clock);
                }

                WriteStruct(update, in reader.Current, format);
            }

            if (structs > 0)
            {
                _rest.InsertVarUint(groupStart, structs);
                groups++;
            }
        }

        _rest.InsertVarUint(start, groups);
    }

    private void WriteStruct(ReadOnlySpan<byte> update, in YStruct s, YContentFormat format)
    {
        switch (s.Kind)
        {
            case YContentKind.GC:
                _infos.Write((byte)s.Kind);
                _lengths.Write(s.Length);
                break;
            case YContentKind.Skip:
                _infos.Write((byte)s.Kind);
                _rest.WriteVarUint(s.Length);
                break;
            default:
                _infos.Write((byte)(s.HasKey || _keepKeyFlags ? s.Info : s.Info & ~YStruct.HasKeyFlag));
                WritePlace(update, in s);
                WriteContent(s.ContentBytes(update), in s, format);
                break;
        }
    }

    private void WritePlace(ReadOnlySpan<byte> update, in YStruct s)
    {
        if (s.HasOrigin)
        {
            WriteId(s.Origin, _leftClocks);
        }

        if (s.HasRightOrigin)
        {
            WriteId(s.RightOrigin, _rightClocks);
        }

        if (s.ParentKind == YParentKind.FromOrigin)
        {
            return;
        }

        _parentInfos.Write(s.ParentKind == YParentKind.Root ? (byte)1 : (byte)0);
        if (s.ParentKind == YParentKind.Root)
        {
            _strings.Write(s.ParentName(update));
        }
        else
        {
            WriteId(s.ParentId, _leftClocks);
        }

        if (s.HasKey)
        {
            _strings.Write(s.Key(update));
        }
    }

    private void WriteContent(ReadOnlySpan<byte> content, in YStruct s, YContentFormat format)
    {
        switch (s.Kind)
        {
            case YContentKind.Deleted:
                _lengths.Write(s.Length);
                break;
            case YContentKind.String:
                _strings.Write(content);
                break;
            case YContentKind.Any:
                _lengths.Write(s.Length);
                _rest.WriteBytes(content);
                break;
            case YContentKind.Json:
                _lengths.Write(s.Length);
                var elements = new Lib0Reader(content);
                for (var left = s.Length; left > 0; left--)
                {
                    _strings.Write(elements.ReadVarBytes());
                }

                break;
            case YContentKind.Binary:
                _rest.WriteVarBytes(content);
                break;
            case YContentKind.Embed:
                WriteValue(content, format);
                break;
            case YContentKind.Format:
                var pair = new Lib0Reader(content);
                WriteKey(pair.ReadVarBytes());
                WriteValue(format == YContentFormat.Json ? pair.ReadVarBytes() : content[pair.Position..], format);
                break;
            case YContentKind.Type:
                _typeRefs.Write(s.TypeRef);
                if (YTypeRef.HasName(s.TypeRef))
                {
                    WriteKey(content);
                }

                break;
            default:
                var doc = new Lib0Reader(content);
                _strings.Write(doc.ReadVarBytes());
                _rest.WriteBytes(content[doc.Position..]);
                break;
        }
    }

    private void WriteValue(ReadOnlySpan<byte> value, YContentFormat format)
    {
        if (format == YContentFormat.Any)
        {
            _rest.WriteBytes(value);
        }
        else
        {
            JsonText.WriteAny(value, _rest);
        }
    }

    /// <summary>Yjs numbers every key anew, also one that it wrote before, and so do we.</summary>
    private void WriteKey(ReadOnlySpan<byte> key)
    {
        _keyClocks.Write(_nextKey++);
        _strings.Write(key);
    }

    private void WriteId(YItemId id, IntDiffOptRleWriter clocks)
    {
        _clients.Write(id.Client);
        clocks.Write(id.Clock);
    }
}
