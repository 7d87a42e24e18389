using System.Buffers;
using System.Collections;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs;

/// <summary>
/// What a document has seen of each client: the next clock it expects from it. Immutable, safe to share between threads.
/// </summary>
[SuppressMessage("Naming", "CA1710", Justification = "A state vector is called a state vector.")]
[DebuggerDisplay("{Count} clients")]
public sealed class YStateVector : IReadOnlyCollection<KeyValuePair<ulong, uint>>, IEquatable<YStateVector>
{
    // Both in the order of descending clients, the order of the bytes.
    private readonly ulong[] _clients;
    private readonly uint[] _clocks;

    private YStateVector(ulong[] clients, uint[] clocks) => (_clients, _clocks) = (clients, clocks);

    /// <summary>The state vector of an empty document.</summary>
    public static YStateVector Empty { get; } = new([], []);

    /// <summary>How many clients it names.</summary>
    public int Count => _clients.Length;

    /// <summary>A state vector of clients and their next clocks; of a client that comes twice the last clock counts.</summary>
    public static YStateVector Create(IEnumerable<KeyValuePair<ulong, uint>> clocks)
    {
        ArgumentNullException.ThrowIfNull(clocks);
        var last = new Dictionary<ulong, uint>();
        foreach (var (client, clock) in clocks)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(client, YItemId.MaxClient, nameof(clocks));
            last[client] = clock;
        }

        var (clients, values) = (last.Keys.ToArray(), last.Values.ToArray());
        Array.Sort(clients, values);
        Array.Reverse(clients);
        Array.Reverse(values);
        return new YStateVector(clients, values);
    }

    /// <summary>Reads an encoded state vector: <c>count, (client, clock)…</c> as varUints, in any order.</summary>
    /// <exception cref="YUpdateFormatException">The bytes are malformed.</exception>
    public static YStateVector Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new Lib0Reader(bytes);
        return Read(ref reader);
    }

    /// <summary>The bytes of the state vector, clients in descending order.</summary>
    public byte[] Encode()
    {
        using var writer = new Lib0Writer();
        Write(writer);
        return writer.ToArray();
    }

    /// <inheritdoc cref="Encode()"/>
    /// <param name="output">Where the bytes are written.</param>
    public void Encode(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        using var writer = new Lib0Writer();
        Write(writer);
        writer.CopyTo(output);
    }

    /// <summary>The next clock of a client, if it is named.</summary>
    public bool TryGet(ulong client, out uint clock)
    {
        var (low, high) = (0, _clients.Length - 1);
        while (low <= high)
        {
            var middle = low + ((high - low) / 2);
            if (_clients[middle] == client)
            {
                clock = _clocks[middle];
                return true;
            }

            if (_clients[middle] > client)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        clock = 0;
        return false;
    }

    /// <summary>The next clock of a client, 0 where it is not named.</summary>
    public uint GetClock(ulong client) => TryGet(client, out var clock) ? clock : 0;

    /// <summary>Clients and their next clocks, in descending order of clients.</summary>
    public IEnumerator<KeyValuePair<ulong, uint>> GetEnumerator()
    {
        for (var i = 0; i < _clients.Length; i++)
        {
            yield return new(_clients[i], _clocks[i]);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The same clients with the same clocks.</summary>
    public bool Equals(YStateVector? other) => other is not null && _clients.AsSpan().SequenceEqual(other._clients) && _clocks.AsSpan().SequenceEqual(other._clocks);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as YStateVector);

    /// <inheritdoc/>
    public override int GetHashCode() => Count == 0 ? 0 : HashCode.Combine(Count, _clients[0], _clocks[0]);

    /// <inheritdoc/>
    public override string ToString() => $"{{{string.Join(", ", this.Select(pair => $"{pair.Key}: {pair.Value}"))}}}";

    internal static YStateVector Read(ref Lib0Reader reader)
    {
        var count = reader.ReadCount(minBytes: 2);
        if (count == 0)
        {
            return Empty;
        }

        var (clients, clocks) = (new ulong[count], new uint[count]);
        var descending = true;
        for (var i = 0; i < count; i++)
        {
            clients[i] = reader.ReadVarUint();
            clocks[i] = reader.ReadVarUint32();
            descending &= i == 0 || clients[i - 1] > clients[i];
        }

        return descending ? new YStateVector(clients, clocks) : Create(clients.Zip(clocks, KeyValuePair.Create));
    }

    internal void Write(Lib0Writer writer)
    {
        writer.WriteVarUint((uint)Count);
        for (var i = 0; i < _clients.Length; i++)
        {
            writer.WriteVarUint(_clients[i]);
            writer.WriteVarUint(_clocks[i]);
        }
    }
}
