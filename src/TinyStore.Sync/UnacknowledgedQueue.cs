using TinyStore.Sync.Frames;

namespace TinyStore.Sync;

/// <summary>
/// The updates that the relay has not acknowledged, in order. Those in front are in flight, those behind wait to be sent.
/// </summary>
/// <remarks>
/// <code>
/// | in flight … | waiting … |      Acknowledge removes anywhere, Add appends, ResetSent moves the bar to the front
///               ^ _next
/// </code>
/// </remarks>
internal sealed class UnacknowledgedQueue
{
    private readonly LinkedList<UnacknowledgedBatch> _batches = [];
    private readonly Dictionary<long, LinkedListNode<UnacknowledgedBatch>> _byNumber = [];
    private LinkedListNode<UnacknowledgedBatch>? _next;
    private long _lastNumber;

    /// <summary>How many edits (update events of the document) the batches hold.</summary>
    public int Edits { get; private set; }

    public int WaitingCount { get; private set; }

    public long WaitingBytes { get; private set; }

    public int InFlightCount => _batches.Count - WaitingCount;

    public long InFlightBytes { get; private set; }

    public bool HasStep2 { get; private set; }

    public void Add(UpdateKind kind, ReadOnlyMemory<byte> update, int edits)
    {
        var node = _batches.AddLast(new UnacknowledgedBatch(++_lastNumber, kind, update, edits));
        _byNumber.Add(_lastNumber, node);
        _next ??= node;
        Edits += edits;
        WaitingCount++;
        WaitingBytes += update.Length;
        HasStep2 |= kind == UpdateKind.Step2;
    }

    /// <summary>The next batch to send; it counts as in flight from now on.</summary>
    public bool TryTakeNext(out UnacknowledgedBatch batch)
    {
        if (_next is null)
        {
            batch = default;
            return false;
        }

        batch = _next.Value;
        _next = _next.Next;
        WaitingCount--;
        WaitingBytes -= batch.Update.Length;
        InFlightBytes += batch.Update.Length;
        return true;
    }

    /// <summary>Removes a batch that is in flight; false when there is none of that number.</summary>
    public bool Acknowledge(long number)
    {
        if (!_byNumber.TryGetValue(number, out var node) || (_next is not null && number >= _next.Value.Number))
        {
            return false;
        }

        _byNumber.Remove(number);
        _batches.Remove(node);
        Edits -= node.Value.Edits;
        InFlightBytes -= node.Value.Update.Length;
        HasStep2 = HasStep2 && (node.Value.Kind != UpdateKind.Step2 || _batches.Any(b => b.Kind == UpdateKind.Step2));
        return true;
    }

    /// <summary>Nothing is in flight any more: everything waits again.</summary>
    public void ResetSent()
    {
        _next = _batches.First;
        WaitingCount = _batches.Count;
        WaitingBytes += InFlightBytes;
        InFlightBytes = 0;
    }

    /// <summary>Forgets all batches and returns how many edits they held. Numbers are never given twice.</summary>
    public int Clear()
    {
        var edits = Edits;
        _batches.Clear();
        _byNumber.Clear();
        _next = null;
        Edits = 0;
        WaitingCount = 0;
        WaitingBytes = 0;
        InFlightBytes = 0;
        HasStep2 = false;
        return edits;
    }
}

/// <summary>An update on its way to the log.</summary>
internal readonly record struct UnacknowledgedBatch(long Number, UpdateKind Kind, ReadOnlyMemory<byte> Update, int Edits);
