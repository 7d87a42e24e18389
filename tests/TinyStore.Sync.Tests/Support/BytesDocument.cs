using TinyStore.Yjs;

namespace TinyStore.Sync.Tests.Support;

/// <summary>A document that is nothing but its updates: enough for everything that syncing asks of one.</summary>
internal sealed class BytesDocument : ISyncDocument
{
    private readonly List<ReadOnlyMemory<byte>> _updates = [];
    private readonly UpdateCoverage _coverage = new();

    /// <summary>What was applied from outside, in order.</summary>
    public List<byte[]> Applied { get; } = [];

    public bool HasPending { get; set; }

    /// <summary>Thrown by the next <see cref="ApplyUpdate"/> after it has applied.</summary>
    public Exception? ObserverFault { get; set; }

    /// <summary>Every use throws, as if somebody else were at it.</summary>
    public bool Unusable { get; set; }

    public byte[] State => YUpdate.Merge([.. _updates.Prepend(YUpdate.Empty.ToArray())]);

    public YStateVector StateVector => _coverage.ToStateVector();

    public byte[] EncodeStateVector()
    {
        CheckUsable();
        return StateVector.Encode();
    }

    public byte[]? EncodeMissing(ReadOnlySpan<byte> stateVector)
    {
        CheckUsable();
        var missing = YUpdate.Diff(State, stateVector);
        return YUpdate.IsEmpty(missing) ? null : missing;
    }

    public void ApplyUpdate(ReadOnlySpan<byte> update)
    {
        CheckUsable();
        YUpdate.Validate(update);
        Applied.Add(update.ToArray());
        Edit(update.ToArray());
        if (ObserverFault is { } fault)
        {
            ObserverFault = null;
            throw fault;
        }
    }

    /// <summary>A local edit.</summary>
    public byte[] Edit(byte[] update)
    {
        _updates.Add(update);
        _coverage.Add(update);
        return update;
    }

    private void CheckUsable()
    {
        if (Unusable)
        {
            throw new InvalidOperationException("in use");
        }
    }
}
