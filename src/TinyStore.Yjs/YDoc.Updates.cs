using System.Buffers;
using TinyStore.Yjs.Lib0;
using TinyStore.Yjs.Updates;

namespace TinyStore.Yjs;

// The document as bytes.
public sealed partial class YDoc
{
    private const int KeptWriterCapacity = 1 << 16;

    private Lib0Writer _writer = new();

    /// <summary>True while structs or deletes wait for updates that have not arrived.</summary>
    public bool HasPending => _integrator.HasPending;

    /// <summary>
    /// An update was applied of which something waits: no update event tells of that part before it comes in, so whoever keeps
    /// the document's updates must keep this one. Raised inside the transaction, with its origin.
    /// </summary>
    internal event Action<ReadOnlyMemory<byte>, object?>? UpdateParked;

    /// <summary>
    /// Applies an update in format V1. Structs and deletes whose predecessors are missing wait (<see cref="HasPending"/>).
    /// Inside a transaction the update joins it.
    /// </summary>
    /// <param name="update">The bytes; not kept.</param>
    /// <param name="origin">Who brought it. Pass something that is not null, so that undo managers do not take it for the user's own.</param>
    /// <exception cref="YUpdateFormatException">The bytes are malformed. The document is unchanged.</exception>
    public void ApplyUpdate(ReadOnlySpan<byte> update, object? origin = null) => Apply(update, YContentFormat.Json, origin);

    private void Apply(ReadOnlySpan<byte> update, YContentFormat format, object? origin)
    {
        Enter();
        try
        {
            _integrator.Validate(update, format);
            var transaction = BeginEntered(origin, out var isOutermost);
            try
            {
                Integrate(update, format, transaction);
            }
            finally
            {
                if (isOutermost)
                {
                    EndEntered(transaction);
                }
            }
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>The whole document as an update in format V1, what waits included.</summary>
    public byte[] EncodeStateAsUpdate() => EncodeStateAsUpdate(default(ReadOnlySpan<byte>));

    /// <summary>What a peer with that state vector lacks, as an update in format V1.</summary>
    /// <param name="stateVector">The peer's state vector; empty for the whole document.</param>
    /// <exception cref="YUpdateFormatException">The state vector is malformed.</exception>
    public byte[] EncodeStateAsUpdate(ReadOnlySpan<byte> stateVector)
    {
        using var writer = new Lib0Writer();
        return WriteState(writer, stateVector) ?? writer.ToArray();
    }

    /// <inheritdoc cref="EncodeStateAsUpdate(ReadOnlySpan{byte})"/>
    /// <param name="output">Where the update is written.</param>
    /// <param name="stateVector">The peer's state vector; empty for the whole document.</param>
    public void EncodeStateAsUpdate(IBufferWriter<byte> output, ReadOnlySpan<byte> stateVector = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        using var writer = new Lib0Writer();
        if (WriteState(writer, stateVector) is { } merged)
        {
            output.Write(merged);
        }
        else
        {
            writer.CopyTo(output);
        }
    }

    /// <summary>For each client the next clock, encoded.</summary>
    public byte[] EncodeStateVector()
    {
        Enter();
        try
        {
            _writer.Clear();
            Store.WriteStateVector(_writer);
            return TakeWritten();
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>Delete set and state vector, encoded: with both, a document with all its history can show this moment.</summary>
    public byte[] EncodeSnapshot()
    {
        Enter();
        try
        {
            _writer.Clear();
            Store.WriteDeleteSet(_writer);
            Store.WriteStateVector(_writer);
            return TakeWritten();
        }
        finally
        {
            Exit();
        }
    }

    private void Integrate(ReadOnlySpan<byte> update, YContentFormat format, YTransaction transaction)
    {
        transaction.MakeRemote();
        Store.Version++;
        _integrator.OwnClientSeen = false;
        _integrator.RecordsDeletes = _afterTransaction.Count > 0;
        _integrator.Apply(update);
        transaction.HasForeignOwnStructs |= _integrator.OwnClientSeen;
        if (_integrator.Parked)
        {
            UpdateParked?.Invoke(format == YContentFormat.Json ? update.ToArray() : YUpdate.ConvertValues(update, format, YContentFormat.Json), transaction.Origin);
        }
    }

    /// <summary>What the writer holds; a buffer that grew large is not kept.</summary>
    private byte[] TakeWritten()
    {
        var bytes = _writer.ToArray();
        if (bytes.Length > KeptWriterCapacity)
        {
            _writer.Dispose();
            _writer = new Lib0Writer();
        }

        return bytes;
    }

    /// <summary>Writes the state; returns merged bytes instead where something waits and belongs to it.</summary>
    private byte[]? WriteState(Lib0Writer writer, ReadOnlySpan<byte> stateVector)
    {
        var known = stateVector.IsEmpty ? null : YStateVector.Decode(stateVector);
        Enter();
        try
        {
            WriteHeld(writer, known, YContentFormat.Json);
            return HasPending ? YUpdate.Merge(WithPending(writer, known, YContentFormat.Json)) : null;
        }
        finally
        {
            Exit();
        }
    }

    private void WriteHeld(Lib0Writer writer, YStateVector? known, YContentFormat format)
    {
        Store.WriteStructs(new StructEncoderV1(writer, format), known);
        Store.WriteDeleteSet(writer);
    }

    /// <summary>What the document holds and what waits, as updates to merge.</summary>
    private List<ReadOnlyMemory<byte>> WithPending(Lib0Writer held, YStateVector? known, YContentFormat format)
    {
        var parts = new List<ReadOnlyMemory<byte>> { held.ToArray() };
        if (_integrator.PendingDeletes is { } deletes)
        {
            parts.Add(deletes);
        }

        if (_integrator.PendingUpdate is { } structs)
        {
            using var lacking = new Lib0Writer();
            UpdateDiff.Write(structs, known ?? YStateVector.Empty, lacking, YContentFormat.Any);
            parts.Add(format == YContentFormat.Any ? lacking.ToArray() : YUpdate.ConvertValues(lacking.Written, YContentFormat.Any, format));
        }

        return parts;
    }
}
