using System.Buffers.Binary;
using System.Numerics;

namespace TinyStore.Yjs.Structs;

/// <summary>
/// The bytes of strings, objects, binaries and the like. A block is given back when its content dies and used again; its
/// size follows from its length by fixed classes a quarter apart, so appending to a block copies only now and then.
/// </summary>
/// <remarks>
/// <code>
/// block   = length (4 bytes), bytes, slack up to the size of its class
/// address = chunk * 8192 + offset / 8, or with the top bit: index of an array of its own (blocks above 16 KB)
/// </code>
/// Address 0 means none. An array of its own is cut where it is, at either end, until three quarters of it are unused: of a
/// long text in many pieces, cutting copies the shorter side of each cut.
/// </remarks>
internal sealed class ContentStore
{
    private const int ChunkSize = 1 << 16;
    private const int FirstChunkSize = 256;
    private const int HeaderSize = 4;
    private const int LargestClassSize = 1 << 14;
    private const uint LargeBit = 1u << 31;

    private readonly uint[] _free = new uint[ClassOf(LargestClassSize) + 1];
    private readonly Stack<int> _freeLarge = new();
    private byte[][] _chunks = [new byte[FirstChunkSize]];
    private LargeBlock[] _large = [];
    private int _largeCount;
    private int _chunkCount = 1;
    private int _used = 8;

    /// <summary>Bytes held, used or not.</summary>
    public long Bytes { get; private set; } = FirstChunkSize;

    /// <summary>Bytes in blocks that are in use.</summary>
    public long UsedBytes { get; private set; }

    public ReadOnlySpan<byte> this[uint address]
    {
        get
        {
            var block = Block(address);
            return block.Slice(HeaderSize, BinaryPrimitives.ReadInt32LittleEndian(block));
        }
    }

    public uint Add(ReadOnlySpan<byte> content)
    {
        var address = Allocate(content.Length);
        Fill(address, content, []);
        return address;
    }

    public uint Add(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var address = Allocate(checked(first.Length + second.Length));
        Fill(address, first, second);
        return address;
    }

    public void Free(uint address)
    {
        if (address == 0)
        {
            return;
        }

        if ((address & LargeBit) != 0)
        {
            var index = (int)(address & ~LargeBit);
            UsedBytes -= _large[index].Array.Length;
            Bytes -= _large[index].Array.Length;
            _large[index] = default;
            _freeLarge.Push(index);
            return;
        }

        var block = Block(address);
        var size = SizeFor(BinaryPrimitives.ReadInt32LittleEndian(block));
        UsedBytes -= size;
        ref var head = ref _free[ClassOf(size)];
        BinaryPrimitives.WriteUInt32LittleEndian(block, head);
        head = address;
    }

    /// <summary>Makes a content longer; returns where it is now.</summary>
    public uint Append(uint address, ReadOnlySpan<byte> more)
    {
        var old = this[address];
        var length = checked(old.Length + more.Length);
        var block = Block(address);
        if ((address & LargeBit) != 0 ? HeaderSize + (long)length <= block.Length : SizeFor(length) == SizeFor(old.Length))
        {
            more.CopyTo(block[(HeaderSize + old.Length)..]);
            BinaryPrimitives.WriteInt32LittleEndian(block, length);
            return address;
        }

        var moved = Add(old, more);
        Free(address);
        return moved;
    }

    /// <summary>Cuts a content to its first bytes, followed by <paramref name="end"/>; returns where it is now.</summary>
    public uint Truncate(uint address, int length, ReadOnlySpan<byte> end = default)
    {
        if (CanShrinkTo(address, length))
        {
            var block = Block(address);
            end.CopyTo(block[(HeaderSize + length)..]);
            BinaryPrimitives.WriteInt32LittleEndian(block, length + end.Length);
            return address;
        }

        var moved = Add(this[address][..length], end);
        Free(address);
        return moved;
    }

    /// <summary>Cuts the first bytes off and puts <paramref name="front"/>, not longer than they are, in their place; returns where it is now.</summary>
    public uint RemoveFront(uint address, int count, ReadOnlySpan<byte> front = default)
    {
        var length = this[address].Length - count;
        if (CanShrinkTo(address, length))
        {
            _large[address & ~LargeBit].Start += count - front.Length;
            var block = Block(address);
            front.CopyTo(block[HeaderSize..]);
            BinaryPrimitives.WriteInt32LittleEndian(block, front.Length + length);
            return address;
        }

        var moved = Add(front, this[address][count..]);
        Free(address);
        return moved;
    }

    private static int SizeFor(int length)
    {
        var size = (long)length + HeaderSize;
        if (size <= 64)
        {
            return (int)((size + 7) & ~7);
        }

        var step = 1L << (BitOperations.Log2((ulong)size - 1) - 2);
        return (int)Math.Min((size + step - 1) & ~(step - 1), Array.MaxLength);
    }

    private static int ClassOf(int size)
    {
        if (size <= 64)
        {
            return size >> 3;
        }

        var log = BitOperations.Log2((uint)size - 1);
        return 8 + ((log - 6) * 4) + ((size - 1 - (1 << log)) >> (log - 2)) + 1;
    }

    private bool CanShrinkTo(uint address, int length) =>
        (address & LargeBit) != 0 && length > _large[address & ~LargeBit].Array.Length / 4;

    private Span<byte> Block(uint address) => (address & LargeBit) != 0
        ? _large[address & ~LargeBit].Array.AsSpan(_large[address & ~LargeBit].Start)
        : _chunks[address >> 13].AsSpan((int)(address & 8191) << 3);

    private void Fill(uint address, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var block = Block(address);
        BinaryPrimitives.WriteInt32LittleEndian(block, first.Length + second.Length);
        first.CopyTo(block[HeaderSize..]);
        second.CopyTo(block[(HeaderSize + first.Length)..]);
    }

    private uint Allocate(int length)
    {
        var size = SizeFor(length);
        if (size < length + HeaderSize)
        {
            throw new InvalidOperationException("A content cannot be longer than 2 GB.");
        }

        UsedBytes += size;
        if (size > LargestClassSize)
        {
            return AllocateLarge(size);
        }

        ref var head = ref _free[ClassOf(size)];
        if (head != 0)
        {
            var address = head;
            head = BinaryPrimitives.ReadUInt32LittleEndian(Block(address));
            return address;
        }

        while (_used + size > _chunks[_chunkCount - 1].Length)
        {
            GrowChunks();
        }

        var result = ((uint)(_chunkCount - 1) << 13) | ((uint)_used >> 3);
        _used += size;
        return result;
    }

    private uint AllocateLarge(int size)
    {
        if (!_freeLarge.TryPop(out var index))
        {
            index = _largeCount++;
            if (index == _large.Length)
            {
                Array.Resize(ref _large, Math.Max(4, index * 2));
            }
        }

        _large[index] = new LargeBlock { Array = GC.AllocateUninitializedArray<byte>(size) };
        Bytes += size;
        return LargeBit | (uint)index;
    }

    private void GrowChunks()
    {
        ref var last = ref _chunks[_chunkCount - 1];
        if (last.Length < ChunkSize)
        {
            Bytes += last.Length;
            Array.Resize(ref last, last.Length * 2);
            return;
        }

        if (_chunkCount == 1 << 18)
        {
            throw new InvalidOperationException("The document is full: it holds 16 GB of contents.");
        }

        if (_chunkCount == _chunks.Length)
        {
            Array.Resize(ref _chunks, _chunkCount + Math.Max(1, _chunkCount / 4));
        }

        _chunks[_chunkCount++] = Chunk.Uninitialized<byte>(ChunkSize);
        Bytes += ChunkSize;
        _used = 0;
    }

    /// <summary>A block in an array of its own: its header is at <see cref="Start"/>.</summary>
    private struct LargeBlock
    {
        public byte[] Array;
        public int Start;
    }
}
