using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs.Updates;

/// <summary>
/// Walks the structs of an update in format V1, without allocating. The one parser of that format.
/// </summary>
/// <remarks>
/// <code>
/// update    = #groups, group…, delete set
/// group     = #structs, client, clock of the first struct, struct…
/// struct    = info, [origin], [right origin], (neither? parent, [key]), content
/// </code>
/// A validating reader checks everything that the bytes can get wrong. A trusting one reads bytes that passed such a check
/// and skips UTF-8, values and JSON text; it still never reads outside the bytes.
/// <para>Structs of length zero carry no element and are passed over in silence.</para>
/// </remarks>
internal ref partial struct YStructReader
{
    private Lib0Reader _reader;
    private readonly bool _validate;
    private readonly YContentFormat _format;
    private readonly bool _checkReferences;
    private int _groupsLeft;
    private int _structsLeft;
    private uint _nextClock;

    // What the last cell began with, up to its key; no length where there is none.
    private Vector128<byte> _place;
    private int _placeLength;

    /// <summary>The struct that <see cref="NextStruct"/> read last.</summary>
    public YStruct Current;

    /// <summary>Starts at the beginning of an update.</summary>
    /// <param name="update">The bytes.</param>
    /// <param name="validate">Whether they are checked.</param>
    /// <param name="format">How values of Embed and Format are written.</param>
    /// <param name="checkReferences">Whether a struct that refers to what its own client made later is refused. A document could not take it in.</param>
    public YStructReader(ReadOnlySpan<byte> update, bool validate, YContentFormat format = YContentFormat.Json, bool checkReferences = false)
    {
        _checkReferences = checkReferences;
        _reader = new Lib0Reader(update);
        _validate = validate;
        _format = format;
        _groupsLeft = _reader.ReadCount(minBytes: 3);
    }

    /// <summary>Trusting: reads the structs of one group that <see cref="YUpdateOutline"/> found.</summary>
    public YStructReader(ReadOnlySpan<byte> update, scoped in YClientGroup group, YContentFormat format = YContentFormat.Json)
    {
        _reader = new Lib0Reader(update, group.Start);
        _format = format;
        _structsLeft = group.StructCount;
        _nextClock = group.Clock;
        Current.Client = group.Client;
    }

    /// <summary>Groups not begun yet.</summary>
    public readonly int GroupsLeft => _groupsLeft;

    /// <summary>Structs of the current group not read yet, empty ones included.</summary>
    public readonly int StructsLeft => _structsLeft;

    /// <summary>The offset of what is read next; that of the delete set when no group is left.</summary>
    public readonly int Position => _reader.Position;

    /// <summary>The clock at which the next struct begins.</summary>
    public readonly uint NextClock => _nextClock;

    /// <summary>What is left of the current group, for a trusting reader to go on with later.</summary>
    public readonly YClientGroup Rest => new()
    {
        Client = Current.Client,
        Start = _reader.Position,
        StructCount = _structsLeft,
        Clock = _nextClock,
    };

    /// <summary>Goes to the next group of structs (skipping nothing: read all structs of the last one first).</summary>
    public bool NextGroup()
    {
        if (_groupsLeft == 0)
        {
            return false;
        }

        _groupsLeft--;
        _structsLeft = _reader.ReadCount(minBytes: 2);
        Current.Client = _reader.ReadVarUint();
        _nextClock = _reader.ReadVarUint32();
        _placeLength = 0;
        return true;
    }

    /// <summary>Reads the next struct of any group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Read()
    {
        while (!NextStruct())
        {
            if (!NextGroup())
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Reads the next struct of the current group into <see cref="Current"/>.</summary>
    // Optimized from the first call on: a large document is often read once, in a process that has just begun.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool NextStruct()
    {
        do
        {
            if (_structsLeft == 0)
            {
                return false;
            }

            _structsLeft--;
            if (!TryReadCell())
            {
                ReadStruct();
            }
        }
        while (Current.Length == 0);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ReadStruct()
    {
        Current.Clock = _nextClock;
        Current.Start = _reader.Position;
        var info = _reader.ReadByte();
        Current.Info = info;
        var kind = (YContentKind)(info & YStruct.KindMask);
        Current.Kind = kind;
        Current.HasKey = false;
        Current.ParentKind = YParentKind.FromOrigin;
        if (kind is not (YContentKind.GC or YContentKind.Skip))
        {
            if (kind > YContentKind.Skip)
            {
                _reader.Throw($"{(byte)kind} is no kind of struct (0 to 10 are)", Current.Start);
            }

            ReadPlace(info);
        }
        else
        {
            Current.Info = (byte)kind; // it has no place, whatever the other bits say
        }

        Current.Body = _reader.Position;
        switch (kind)
        {
            case YContentKind.Any:
                Current.Length = (uint)_reader.ReadCount();
                Current.Content = _reader.Position;
                for (var left = Current.Length; left > 0; left--)
                {
                    Lib0Any.Skip(ref _reader, _validate, DecoderLimits.MaxDepth);
                }

                break;
            case YContentKind.String:
                var text = _reader.ReadVarUtf8(_validate);
                Current.Content = _reader.Position - text.Length;
                Current.Length = (uint)Utf8Text.Utf16Length(text);
                break;
            case YContentKind.GC or YContentKind.Deleted or YContentKind.Skip:
                Current.Length = _reader.ReadVarUint32();
                Current.Content = _reader.Position;
                break;
            default:
                ReadRareContent(kind);
                break;
        }

        Current.End = _reader.Position;
        var end = (ulong)_nextClock + Current.Length;
        if (end > DecoderLimits.MaxClock)
        {
            _reader.Throw($"a struct ends at clock {end}, above the largest clock {DecoderLimits.MaxClock} (DecoderLimits.MaxClock)", Current.Start);
        }

        _nextClock = (uint)end;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ReadPlace(byte info)
    {
        if ((info & YStruct.HasOriginFlag) != 0)
        {
            Current.Origin = ReadReference();
        }

        if ((info & YStruct.HasRightOriginFlag) != 0)
        {
            Current.RightOrigin = ReadReference();
        }

        if ((info & (YStruct.HasOriginFlag | YStruct.HasRightOriginFlag)) != 0)
        {
            return;
        }

        _placeLength = 0;
        if (_reader.ReadVarUint() == 1)
        {
            Current.ParentKind = YParentKind.Root;
            Current.ParentNameLength = _reader.ReadVarUtf8(_validate).Length;
            Current.ParentNameStart = _reader.Position - Current.ParentNameLength;
        }
        else
        {
            Current.ParentKind = YParentKind.Item;
            Current.ParentId = ReadReference();
        }

        if ((info & YStruct.HasKeyFlag) != 0)
        {
            Current.HasKey = true;
            Current.KeyLength = _reader.ReadVarUtf8(_validate).Length;
            Current.KeyStart = _reader.Position - Current.KeyLength;
            RememberPlace(info);
        }
    }

    /// <summary>The id of something that must have been there when the struct was made: of its own client only what is older.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private YItemId ReadReference()
    {
        var id = new YItemId(_reader.ReadVarUint(), _reader.ReadVarUint32());
        if (_checkReferences && id.Client == Current.Client && id.Clock >= Current.Clock)
        {
            _reader.Throw($"the struct {Current.Client}:{Current.Clock} refers to {id}, which its client made later", Current.Start);
        }

        return id;
    }

    private void ReadRareContent(YContentKind kind)
    {
        Current.Length = 1;
        Current.Content = _reader.Position;
        switch (kind)
        {
            case YContentKind.Json:
                Current.Length = (uint)_reader.ReadCount();
                Current.Content = _reader.Position;
                for (var left = Current.Length; left > 0; left--)
                {
                    ReadJson(allowUndefined: true);
                }

                break;
            case YContentKind.Binary:
                var binary = _reader.ReadVarBytes();
                Current.Content = _reader.Position - binary.Length;
                break;
            case YContentKind.Embed:
                Current.Content = ReadValue();
                break;
            case YContentKind.Format:
                _reader.ReadVarUtf8(_validate);
                ReadValue();
                break;
            case YContentKind.Type:
                ReadType();
                break;
            default:
                _reader.ReadVarUtf8(_validate);
                ReadDocOptions();
                break;
        }
    }

    /// <summary>The value of an Embed or a Format; returns where its bytes begin.</summary>
    private int ReadValue()
    {
        if (_format == YContentFormat.Json)
        {
            var length = ReadJson(allowUndefined: false);
            return _reader.Position - length;
        }

        var start = _reader.Position;
        Lib0Any.Skip(ref _reader, _validate, DecoderLimits.MaxDepth);
        return start;
    }

    /// <summary>A varString of JSON text; returns its length.</summary>
    private int ReadJson(bool allowUndefined)
    {
        var text = _reader.ReadVarUtf8(_validate);
        if (_validate && !(allowUndefined && text.SequenceEqual("undefined"u8)) && !JsonText.TryValidate(text, out var error))
        {
            _reader.Throw($"JSON text is malformed: {error}", _reader.Position - text.Length);
        }

        return text.Length;
    }

    private void ReadType()
    {
        var start = _reader.Position;
        var type = _reader.ReadVarUint();
        if (type > YTypeRef.Max)
        {
            _reader.Throw($"{type} is no kind of shared type (0 to {YTypeRef.Max} are)", start);
        }

        Current.TypeRef = (byte)type;
        Current.Content = _reader.Position;
        if (YTypeRef.HasName((byte)type))
        {
            var name = _reader.ReadVarUtf8(_validate);
            Current.Content = _reader.Position - name.Length;
        }
    }

    private void ReadDocOptions()
    {
        var start = _reader.Position;
        Lib0Any.Skip(ref _reader, _validate, DecoderLimits.MaxDepth);
        if (_validate && _reader.Slice(start, start + 1)[0] is Lib0Tag.Null or Lib0Tag.Undefined)
        {
            _reader.Throw("the options of a subdocument are missing", start);
        }
    }
}
