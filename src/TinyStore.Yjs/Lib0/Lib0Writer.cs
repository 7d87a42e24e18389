using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace TinyStore.Yjs.Lib0;

/// <summary>Writes the primitives of lib0 into a growing pooled buffer. Reuse one with <see cref="Clear"/>; dispose returns the buffer.</summary>
internal sealed class Lib0Writer : IDisposable
{
    private byte[] _buffer;
    private int _length;

    public Lib0Writer(int capacity = 256) => _buffer = ArrayPool<byte>.Shared.Rent(capacity);

    public int Length => _length;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public byte[] ToArray() => Written.ToArray();

    public void Clear() => _length = 0;

    /// <summary>Takes back what was written after a position.</summary>
    public void Truncate(int length) => _length = Math.Min(length, _length);

    /// <summary>Makes room, so that so many bytes can be written without growing.</summary>
    public void Reserve(int count)
    {
        if (_buffer.Length - _length < count)
        {
            Grow(count);
        }
    }

    /// <summary>Moves what was written after a position and puts a varUint there: for a count that is known only afterwards.</summary>
    public void InsertVarUint(int position, ulong value)
    {
        var end = _length;
        WriteVarUint(value);
        var size = _length - end;
        Span<byte> encoded = stackalloc byte[10];
        _buffer.AsSpan(end, size).CopyTo(encoded);
        _buffer.AsSpan(position, end - position).CopyTo(_buffer.AsSpan(position + size));
        encoded[..size].CopyTo(_buffer.AsSpan(position));
    }

    public void CopyTo(IBufferWriter<byte> output) => output.Write(Written);

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public void WriteByte(byte value)
    {
        if (_length == _buffer.Length)
        {
            Grow(1);
        }

        _buffer[_length++] = value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining | MethodImplOptions.AggressiveOptimization)]
    public void WriteVarUint(ulong value)
    {
        if (value < 0x80)
        {
            WriteByte((byte)value);
        }
        else
        {
            WriteVarUintSlow(value);
        }
    }

    /// <summary>Sign apart from magnitude: -0 is written as <c>40</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void WriteVarInt(ulong magnitude, bool negative)
    {
        WriteByte((byte)((magnitude > 0x3F ? 0x80u : 0u) | (negative ? 0x40u : 0u) | (uint)(magnitude & 0x3F)));
        for (magnitude >>= 6; magnitude > 0; magnitude >>= 7)
        {
            WriteByte((byte)((magnitude > 0x7F ? 0x80u : 0u) | (uint)(magnitude & 0x7F)));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        _length += bytes.Length;
    }

    public void WriteVarBytes(ReadOnlySpan<byte> bytes)
    {
        WriteVarUint((ulong)bytes.Length);
        WriteBytes(bytes);
    }

    /// <summary>UTF-8 with its length; lone surrogates become U+FFFD, as in JavaScript's encoder.</summary>
    public void WriteVarString(ReadOnlySpan<char> value)
    {
        WriteVarUint((ulong)Encoding.UTF8.GetByteCount(value));
        WriteUtf8(value);
    }

    /// <summary>UTF-8 without a length.</summary>
    public void WriteUtf8(ReadOnlySpan<char> value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        Encoding.UTF8.GetBytes(value, GetSpan(length));
        _length += length;
    }

    public void WriteFloat32(float value)
    {
        BinaryPrimitives.WriteSingleBigEndian(GetSpan(4), value);
        _length += 4;
    }

    public void WriteFloat64(double value)
    {
        BinaryPrimitives.WriteDoubleBigEndian(GetSpan(8), value);
        _length += 8;
    }

    public void WriteBigInt64(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(GetSpan(8), value);
        _length += 8;
    }

    public void Dispose()
    {
        var buffer = _buffer;
        _buffer = [];
        _length = 0;
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Span<byte> GetSpan(int count)
    {
        Reserve(count);
        return _buffer.AsSpan(_length, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteVarUintSlow(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            WriteByte((byte)(value | 0x80));
        }

        WriteByte((byte)value);
    }

    private void Grow(int count)
    {
        var larger = ArrayPool<byte>.Shared.Rent(checked((int)Math.Min(Math.Max(_buffer.Length * 2L, (long)_length + count), Array.MaxLength)));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = larger;
    }
}
