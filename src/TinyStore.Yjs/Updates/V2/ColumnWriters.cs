using System.Runtime.CompilerServices;
using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs.Updates;

/// <summary>Writes what <see cref="UintOptRleReader"/> reads.</summary>
internal sealed class UintOptRleWriter : IDisposable
{
    private readonly Lib0Writer _column = new(64);
    private ulong _value;
    private ulong _count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(ulong value)
    {
        if (_value == value)
        {
            _count++;
            return;
        }

        Flush();
        _value = value;
        _count = 1;
    }

    /// <summary>Ends the column.</summary>
    public ReadOnlySpan<byte> Finish()
    {
        Flush();
        return _column.Written;
    }

    public void Dispose() => _column.Dispose();

    private void Flush()
    {
        if (_count > 0)
        {
            _column.WriteVarInt(_value, negative: _count > 1);
            if (_count > 1)
            {
                _column.WriteVarUint(_count - 2);
            }

            _count = 0;
        }
    }
}

/// <summary>Writes what <see cref="IntDiffOptRleReader"/> reads.</summary>
internal sealed class IntDiffOptRleWriter : IDisposable
{
    private readonly Lib0Writer _column = new(64);
    private long _value;
    private long _difference;
    private ulong _count;

    /// <summary>How many bytes there are, without the run that is not over yet.</summary>
    public int Length => _column.Length;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(uint value)
    {
        var difference = value - _value;
        _value = value;
        if (_difference == difference)
        {
            _count++;
            return;
        }

        Flush();
        _difference = difference;
        _count = 1;
    }

    /// <summary>Ends the column.</summary>
    public ReadOnlySpan<byte> Finish()
    {
        Flush();
        return _column.Written;
    }

    public void Dispose() => _column.Dispose();

    private void Flush()
    {
        if (_count > 0)
        {
            var encoded = (_difference * 2) + (_count > 1 ? 1 : 0);
            _column.WriteVarInt((ulong)Math.Abs(encoded), encoded < 0);
            if (_count > 1)
            {
                _column.WriteVarUint(_count - 2);
            }

            _count = 0;
        }
    }
}

/// <summary>Writes what <see cref="RleByteReader"/> reads.</summary>
internal sealed class RleByteWriter : IDisposable
{
    private readonly Lib0Writer _column = new(64);
    private byte _value;
    private ulong _count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(byte value)
    {
        if (_count > 0 && _value == value)
        {
            _count++;
            return;
        }

        if (_count > 0)
        {
            _column.WriteVarUint(_count - 1);
        }

        _column.WriteByte(value);
        _value = value;
        _count = 1;
    }

    /// <summary>Ends the column. The last run gets no count.</summary>
    public ReadOnlySpan<byte> Finish() => _column.Written;

    public void Dispose() => _column.Dispose();
}

/// <summary>Writes what <see cref="StringColumnReader"/> reads.</summary>
internal sealed class StringColumnWriter : IDisposable
{
    private readonly Lib0Writer _text = new(256);
    private readonly UintOptRleWriter _lengths = new();

    /// <summary>How many bytes of text there are.</summary>
    public int Length => _text.Length;

    public void Write(ReadOnlySpan<byte> utf8)
    {
        _text.WriteBytes(utf8);
        _lengths.Write((uint)Utf8Text.Utf16Length(utf8));
    }

    /// <summary>Ends the column and writes it, with its length in bytes before it.</summary>
    public void Finish(Lib0Writer output)
    {
        using var prefix = new Lib0Writer(16);
        prefix.WriteVarUint((uint)_text.Length);
        var lengths = _lengths.Finish();
        output.WriteVarUint((uint)(prefix.Length + _text.Length + lengths.Length));
        output.WriteBytes(prefix.Written);
        output.WriteBytes(_text.Written);
        output.WriteBytes(lengths);
    }

    public void Dispose()
    {
        _text.Dispose();
        _lengths.Dispose();
    }
}
