using System.Buffers.Binary;

namespace TinyStore.Benchmarks;

/// <summary>
/// What any reader of a nested table has to do: look at every struct of the update and give each key a number. It knows only
/// the structs that bench.mjs makes, keeps nothing else, and shares no code with the engine.
/// </summary>
internal static class ScanFloor
{
    /// <returns>How many structs and how many keys there are.</returns>
    public static (int Structs, int Keys) Run(ReadOnlySpan<byte> update)
    {
        var position = 0;
        var keys = new KeySet();
        var structs = 0;
        for (var groups = ReadVarUint(update, ref position); groups > 0; groups--)
        {
            var left = ReadVarUint(update, ref position);
            ReadVarUint(update, ref position);
            ReadVarUint(update, ref position);
            for (; left > 0; left--, structs++)
            {
                var info = update[position++];
                if (ReadVarUint(update, ref position) == 1)
                {
                    ReadBytes(update, ref position);
                }
                else
                {
                    ReadVarUint(update, ref position);
                    ReadVarUint(update, ref position);
                }

                keys.Add(ReadBytes(update, ref position));
                if ((info & 31) == 7)
                {
                    position++; // the kind of the type
                }
                else
                {
                    position += 2; // one value, an integer
                    while (update[position++] >= 0x80)
                    {
                    }
                }
            }
        }

        return (structs, keys.Count);
    }

    private static ulong ReadVarUint(ReadOnlySpan<byte> bytes, ref int position)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = bytes[position++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }
    }

    private static ReadOnlySpan<byte> ReadBytes(ReadOnlySpan<byte> bytes, ref int position)
    {
        var length = (int)ReadVarUint(bytes, ref position);
        position += length;
        return bytes.Slice(position - length, length);
    }

    /// <summary>Keys of up to eight bytes, which are all that bench.mjs makes, in an open table.</summary>
    private sealed class KeySet
    {
        private (ulong Key, int Id)[] _slots = new (ulong, int)[64];

        public int Count { get; private set; }

        public int Add(ReadOnlySpan<byte> utf8)
        {
            Span<byte> padded = stackalloc byte[8];
            utf8.CopyTo(padded);
            return Add(BinaryPrimitives.ReadUInt64LittleEndian(padded));
        }

        private int Add(ulong key)
        {
            var mask = _slots.Length - 1;
            for (var slot = (int)((key * 0x9E3779B97F4A7C15) >> 33) & mask; ; slot = (slot + 1) & mask)
            {
                if (_slots[slot].Id == 0)
                {
                    _slots[slot] = (key, ++Count);
                    if (Count * 2 > _slots.Length)
                    {
                        Grow();
                    }

                    return Count;
                }

                if (_slots[slot].Key == key)
                {
                    return _slots[slot].Id;
                }
            }
        }

        private void Grow()
        {
            var old = _slots;
            _slots = new (ulong, int)[old.Length * 2];
            var mask = _slots.Length - 1;
            foreach (var entry in old.Where(entry => entry.Id != 0))
            {
                var slot = (int)((entry.Key * 0x9E3779B97F4A7C15) >> 33) & mask;
                while (_slots[slot].Id != 0)
                {
                    slot = (slot + 1) & mask;
                }

                _slots[slot] = entry;
            }
        }
    }
}
