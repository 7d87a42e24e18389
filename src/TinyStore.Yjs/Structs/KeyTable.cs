using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace TinyStore.Yjs.Structs;

/// <summary>
/// Each key, root name and element name once, as UTF-8; the string is made when somebody asks, and kept. Ids count from 1.
/// Keys are never dropped.
/// </summary>
internal sealed class KeyTable
{
    private const int ChunkSize = 1 << 16;
    private const int FirstChunkSize = 256;
    private const int StringShift = 12;

    // An attacker who does not know the seed cannot make keys collide.
    private static readonly ulong Seed = (ulong)Random.Shared.NextInt64() | 1;

    private readonly Slab<KeyRecord> _records = new();
    private byte[][] _chunks = [new byte[FirstChunkSize]];
    private int _chunk;
    private int _used;
    private int _bits = 5;
    private IntArray _slots = new(1 << 5);
    private string?[]?[] _strings = [];

    private struct KeyRecord
    {
        public int Chunk;
        public ushort Offset;
        public ushort ShortLength; // ushort.MaxValue: the chunk is this key's alone
        public uint Hash;
    }

    public int Count => _records.Count;

    public long Bytes => _records.Bytes + ((long)_slots.Length * 4) + _chunks.Sum(chunk => (long)chunk.Length) + _strings.Sum(s => s is null ? 0L : s.Length * 8);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ReadOnlySpan<byte> Utf8(int id)
    {
        ref var record = ref _records[id];
        var chunk = _chunks[record.Chunk];
        return record.ShortLength == ushort.MaxValue ? chunk : chunk.AsSpan(record.Offset, record.ShortLength);
    }

    public string String(int id)
    {
        var piece = id >> StringShift;
        if (piece >= _strings.Length)
        {
            Array.Resize(ref _strings, Math.Max(piece + 1, _strings.Length * 2));
        }

        var strings = _strings[piece] ??= new string?[id < 256 ? 256 : 1 << StringShift];
        var index = id & ((1 << StringShift) - 1);
        if (index >= strings.Length)
        {
            Array.Resize(ref strings, 1 << StringShift);
            _strings[piece] = strings;
        }

        return strings[index] ??= Encoding.UTF8.GetString(Utf8(id));
    }

    /// <summary>The id of a key, or 0 when it was never used.</summary>
    public int Find(ReadOnlySpan<byte> utf8) => Find(utf8, Hash(utf8), out _);

    public int Find(ReadOnlySpan<char> key)
    {
        using var buffer = new Utf8Key(key, stackalloc byte[Utf8Key.StackSize]);
        return Find(buffer.Bytes);
    }

    public int Intern(ReadOnlySpan<char> key)
    {
        using var buffer = new Utf8Key(key, stackalloc byte[Utf8Key.StackSize]);
        return Intern(buffer.Bytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Intern(ReadOnlySpan<byte> utf8)
    {
        var hash = Hash(utf8);
        var id = Find(utf8, hash, out var slot);
        return id != 0 ? id : Add(utf8, hash, slot);
    }

    /// <remarks>
    /// A slot holds an id, which needs no more bits than the table has slots, and above it as many bits of the hash as are
    /// left: a search looks at the record, which is somewhere else in memory, only where they are the same.
    /// <code>
    /// hash   tag     | slot        _bits bits
    /// slot   tag     | id
    /// </code>
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Find(ReadOnlySpan<byte> utf8, uint hash, out int slot)
    {
        var mask = (1u << _bits) - 1;
        slot = (int)(hash & mask);
        while (true)
        {
            var found = (uint)_slots[slot];
            if (found == 0)
            {
                return 0;
            }

            var id = (int)(found & mask);
            if (((found ^ hash) & ~mask) == 0 && _records[id].Hash == hash && Utf8(id).SequenceEqual(utf8))
            {
                return id;
            }

            slot = (int)((uint)(slot + 1) & mask);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Add(ReadOnlySpan<byte> utf8, uint hash, int slot)
    {
        var record = new KeyRecord { Hash = hash };
        if (utf8.Length > ChunkSize / 4)
        {
            record.Chunk = AddChunk(utf8.ToArray());
            record.ShortLength = ushort.MaxValue;
        }
        else
        {
            Reserve(utf8.Length);
            record.Chunk = _chunk;
            record.Offset = (ushort)_used;
            record.ShortLength = (ushort)utf8.Length;
            utf8.CopyTo(_chunks[_chunk].AsSpan(_used));
            _used += utf8.Length;
        }

        var id = _records.Append(record);
        _slots[slot] = (int)((hash & ~((1u << _bits) - 1)) | (uint)id);
        if (id * 4L > _slots.Length * 3L)
        {
            Rehash();
        }

        return id;
    }

    private void Reserve(int length)
    {
        while (_used + length > _chunks[_chunk].Length)
        {
            if (_chunks[_chunk].Length < ChunkSize)
            {
                Array.Resize(ref _chunks[_chunk], _chunks[_chunk].Length * 2);
            }
            else
            {
                _chunk = AddChunk(new byte[ChunkSize]);
                _used = 0;
            }
        }
    }

    private int AddChunk(byte[] chunk)
    {
        Array.Resize(ref _chunks, _chunks.Length + 1);
        _chunks[^1] = chunk;
        return _chunks.Length - 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Rehash()
    {
        if (_slots.Length == 1 << 30)
        {
            throw new InvalidOperationException("The document is full: it holds 800 million distinct keys.");
        }

        _bits++;
        var slots = new IntArray(1 << _bits);
        var mask = (1u << _bits) - 1;
        for (var id = 1; id < _records.End; id++)
        {
            var hash = _records[id].Hash;
            var slot = (int)(hash & mask);
            while (slots[slot] != 0)
            {
                slot = (int)((uint)(slot + 1) & mask);
            }

            slots[slot] = (int)((hash & ~mask) | (uint)id);
        }

        _slots = slots;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = Seed ^ ((ulong)bytes.Length * 0x9E3779B97F4A7C15);
        while (bytes.Length > 8)
        {
            hash = Mix(hash ^ MemoryMarshal.Read<ulong>(bytes));
            bytes = bytes[8..];
        }

        ulong rest = 0;
        if (bytes.Length >= 4)
        {
            rest = MemoryMarshal.Read<uint>(bytes) | ((ulong)MemoryMarshal.Read<uint>(bytes[(bytes.Length - 4)..]) << 32);
        }
        else
        {
            foreach (var b in bytes)
            {
                rest = (rest << 8) | b;
            }
        }

        return (uint)Mix(hash ^ rest);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong value)
    {
        var high = Math.BigMul(value, 0xA0761D6478BD642F ^ Seed, out var low);
        return high ^ low;
    }
}

/// <summary>A key as UTF-8, on the stack when short. Unpaired surrogates become U+FFFD, as everywhere on the wire.</summary>
internal ref struct Utf8Key
{
    public const int StackSize = 192;

    private byte[]? _rented;

    public Utf8Key(ReadOnlySpan<char> key, Span<byte> stack)
    {
        if (key.Length * 3 > stack.Length)
        {
            _rented = System.Buffers.ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(key.Length));
            stack = _rented;
        }

        Bytes = stack[..Encoding.UTF8.GetBytes(key, stack)];
    }

    public ReadOnlySpan<byte> Bytes { get; }

    public void Dispose()
    {
        if (_rented is not null)
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(_rented);
            _rented = null;
        }
    }
}
