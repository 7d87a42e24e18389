using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs.Updates;

/// <summary>
/// Reads an update in format V2 and writes it out in format V1, validating it on the way. Everything else (merging, comparing,
/// integrating) is done on V1 bytes.
/// </summary>
/// <remarks>
/// <code>
/// update = feature flag, nine columns with their lengths, rest
///
///   keyClock    numbers of the keys: names of XML elements, of formats        IntDiffOptRle
///   client      of groups, origins, right origins, parents                    UintOptRle
///   leftClock   of origins and parents                                        IntDiffOptRle
///   rightClock  of right origins                                              IntDiffOptRle
///   info        info bytes                                                    Rle
///   string      names of roots, map keys, text, guids, JSON, keys             text + lengths
///   parentInfo  1 root, 0 item                                                Rle
///   typeRef     kinds of types                                                UintOptRle
///   len         of GC, Deleted, Json, Any                                     UintOptRle
///   rest        #groups, (#structs, clock, lengths of holes, values, binaries)…, delete set
/// </code>
/// </remarks>
internal ref struct UpdateV2Reader
{
    private readonly Lib0Writer _output;
    private readonly YContentFormat _format;
    private readonly List<(int Start, int Length)> _keys = [];
    private readonly Lib0Writer _keyText;
    private IntDiffOptRleReader _keyClocks;
    private UintOptRleReader _clients;
    private IntDiffOptRleReader _leftClocks;
    private IntDiffOptRleReader _rightClocks;
    private RleByteReader _infos;
    private StringColumnReader _strings;
    private RleByteReader _parentInfos;
    private UintOptRleReader _typeRefs;
    private UintOptRleReader _lengths;
    private Lib0Reader _rest;
    private int _maxStructs;
    private long _repeatedKeyBytes;

    private UpdateV2Reader(ReadOnlySpan<byte> update, Lib0Writer output, Lib0Writer keyText, YContentFormat format)
    {
        _output = output;
        _keyText = keyText;
        _format = format;
        var reader = new Lib0Reader(update);
        reader.ReadVarUint(); // no feature has a meaning yet
        _keyClocks = new IntDiffOptRleReader(Column(update, ref reader));
        _clients = new UintOptRleReader(Column(update, ref reader));
        _leftClocks = new IntDiffOptRleReader(Column(update, ref reader));
        _rightClocks = new IntDiffOptRleReader(Column(update, ref reader));
        _infos = new RleByteReader(Column(update, ref reader));
        _strings = new StringColumnReader(Column(update, ref reader));
        _parentInfos = new RleByteReader(Column(update, ref reader));
        _typeRefs = new UintOptRleReader(Column(update, ref reader));
        _lengths = new UintOptRleReader(Column(update, ref reader));
        _rest = reader;
    }

    /// <summary>Writes a V2 update as V1.</summary>
    /// <param name="update">The update in format V2.</param>
    /// <param name="output">Where the update goes. On an exception there may be a part of it.</param>
    /// <param name="format">How values of Embed and Format are written: for peers as JSON, inside this library as they are.</param>
    /// <param name="maxStructs">More structs are refused.</param>
    /// <exception cref="YUpdateFormatException">The update is malformed or beyond a limit.</exception>
    public static void WriteV1(ReadOnlySpan<byte> update, Lib0Writer output, YContentFormat format, int maxStructs = DecoderLimits.MaxStructs)
    {
        using var keyText = new Lib0Writer(64);
        var reader = new UpdateV2Reader(update, output, keyText, format);
        reader._maxStructs = maxStructs;
        reader.ReadStructs(maxStructs);
        DeleteSetV2.WriteV1(ref reader._rest, output);
    }

    /// <summary>A reader of the next column, bounded by its end; offsets stay those of the update.</summary>
    private static Lib0Reader Column(ReadOnlySpan<byte> update, scoped ref Lib0Reader reader)
    {
        var length = reader.ReadVarBytes().Length;
        return new Lib0Reader(update[..reader.Position], reader.Position - length);
    }

    private void ReadStructs(int structsLeft)
    {
        var groups = _rest.ReadCount(minBytes: 2);
        _output.WriteVarUint((uint)groups);
        for (; groups > 0; groups--)
        {
            var start = _rest.Position;
            var structs = _rest.ReadVarUint();
            if (structs > (ulong)structsLeft)
            {
                _rest.Throw($"the update holds more structs than the limit allows ({(_maxStructs == DecoderLimits.MaxStructs ? "DecoderLimits.MaxStructs, " : "")}{_maxStructs}): {structs} where {structsLeft} are left", start);
            }

            structsLeft -= (int)structs;
            _output.WriteVarUint(structs);
            _output.WriteVarUint(ReadClient());
            ulong clock = _rest.ReadVarUint32();
            _output.WriteVarUint(clock);
            for (; structs > 0; structs--)
            {
                clock += ReadStruct();
                if (clock > DecoderLimits.MaxClock)
                {
                    _rest.Throw($"a struct ends at clock {clock}, above the largest clock {DecoderLimits.MaxClock} (DecoderLimits.MaxClock)");
                }
            }

            if (_output.Length > DecoderLimits.MaxExpandedBytes)
            {
                _rest.Throw($"the update becomes longer than {DecoderLimits.MaxExpandedBytes} bytes (DecoderLimits.MaxExpandedBytes) when its repetitions are written out");
            }
        }
    }

    /// <summary>Returns how many clocks the struct takes.</summary>
    private uint ReadStruct()
    {
        var info = _infos.Read();
        var kind = (YContentKind)(info & YStruct.KindMask);
        switch (kind)
        {
            case YContentKind.GC:
                _output.WriteByte((byte)kind);
                return CopyLength();
            case YContentKind.Skip:
                _output.WriteByte((byte)kind);
                var length = _rest.ReadVarUint32();
                _output.WriteVarUint(length);
                return length;
            case > YContentKind.Skip:
                _rest.Throw($"{(byte)kind} is no kind of struct (0 to 10 are)");
                return 0;
            default:
                var place = (byte)(info & (YStruct.HasOriginFlag | YStruct.HasRightOriginFlag));
                _output.WriteByte(place == 0 ? info : (byte)(info & ~YStruct.HasKeyFlag)); // no key is written then
                CopyPlace(info);
                return CopyContent(kind);
        }
    }

    private void CopyPlace(byte info)
    {
        if ((info & YStruct.HasOriginFlag) != 0)
        {
            CopyId(ref _leftClocks);
        }

        if ((info & YStruct.HasRightOriginFlag) != 0)
        {
            CopyId(ref _rightClocks);
        }

        if ((info & (YStruct.HasOriginFlag | YStruct.HasRightOriginFlag)) != 0)
        {
            return;
        }

        if (_parentInfos.Read() == 1)
        {
            _output.WriteByte(1);
            _strings.Read().Write(_output);
        }
        else
        {
            _output.WriteByte(0);
            CopyId(ref _leftClocks);
        }

        if ((info & YStruct.HasKeyFlag) != 0)
        {
            _strings.Read().Write(_output);
        }
    }

    private uint CopyContent(YContentKind kind)
    {
        switch (kind)
        {
            case YContentKind.Deleted:
                return CopyLength();
            case YContentKind.String:
                var text = _strings.Read();
                text.Write(_output);
                return text.Length;
            case YContentKind.Any:
                var values = CopyCount((uint)_rest.Remaining);
                for (var left = values; left > 0; left--)
                {
                    CopyAny();
                }

                return values;
            case YContentKind.Json:
                var elements = CopyCount(_strings.UnitsLeft);
                for (var left = elements; left > 0; left--)
                {
                    CopyJson();
                }

                return elements;
            case YContentKind.Binary:
                _output.WriteVarBytes(_rest.ReadVarBytes());
                return 1;
            case YContentKind.Embed:
                CopyValue();
                return 1;
            case YContentKind.Format:
                CopyKey();
                CopyValue();
                return 1;
            case YContentKind.Type:
                CopyType();
                return 1;
            default:
                CopyDoc();
                return 1;
        }
    }

    private void CopyType()
    {
        var type = _typeRefs.Read();
        if (type > YTypeRef.Max)
        {
            _rest.Throw($"{type} is no kind of shared type (0 to {YTypeRef.Max} are)");
        }

        _output.WriteByte((byte)type);
        if (YTypeRef.HasName((byte)type))
        {
            CopyKey();
        }
    }

    private void CopyDoc()
    {
        _strings.Read().Write(_output);
        var start = _output.Length;
        CopyAny();
        if (_output.Written[start] is Lib0Tag.Null or Lib0Tag.Undefined)
        {
            _rest.Throw("the options of a subdocument are missing", _rest.Position - 1);
        }
    }

    /// <summary>A key by its number: a new one comes from the strings, an old one is repeated.</summary>
    private void CopyKey()
    {
        var number = _keyClocks.Read();
        var isNew = number >= _keys.Count;
        if (isNew)
        {
            var start = _keyText.Length;
            _strings.Read().Write(_keyText);
            _keys.Add((start, _keyText.Length - start));
            number = (uint)_keys.Count - 1;
        }

        var (at, length) = _keys[(int)number];
        if (!isNew && (_repeatedKeyBytes += length) > DecoderLimits.MaxRepeatedKeyBytes)
        {
            _rest.Throw($"the update repeats more than {DecoderLimits.MaxRepeatedKeyBytes} bytes of keys (DecoderLimits.MaxRepeatedKeyBytes)");
        }

        _output.WriteBytes(_keyText.Written.Slice(at, length));
    }

    private void CopyJson()
    {
        var start = _output.Length;
        _strings.Read().Write(_output);
        var written = new Lib0Reader(_output.Written, start);
        var text = written.ReadVarUtf8();
        if (!text.SequenceEqual("undefined"u8) && !JsonText.TryValidate(text, out var error))
        {
            _rest.Throw($"JSON text is malformed: {error}");
        }
    }

    /// <summary>The value of an Embed or a Format.</summary>
    private void CopyValue()
    {
        if (_format == YContentFormat.Any)
        {
            CopyAny();
            return;
        }

        var start = _rest.Position;
        Lib0Any.Validate(ref _rest);
        JsonText.WriteJson(_rest.Slice(start, _rest.Position), _output);
    }

    private void CopyAny()
    {
        var start = _rest.Position;
        Lib0Any.Validate(ref _rest);
        _output.WriteBytes(_rest.Slice(start, _rest.Position));
    }

    private uint CopyLength()
    {
        var length = _lengths.Read32();
        _output.WriteVarUint(length);
        return length;
    }

    private uint CopyCount(uint limit)
    {
        var count = CopyLength();
        if (count > limit)
        {
            _rest.Throw($"a count of {count} does not fit the {limit} bytes that are left");
        }

        return count;
    }

    private void CopyId(ref IntDiffOptRleReader clocks)
    {
        _output.WriteVarUint(ReadClient());
        _output.WriteVarUint(clocks.Read());
    }

    private ulong ReadClient() => _clients.Read();
}
