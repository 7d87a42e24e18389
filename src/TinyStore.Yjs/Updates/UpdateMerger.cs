using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs.Updates;

/// <summary>
/// Merges updates without a document. Every source is read struct by struct, in the order that <see cref="MergeOrder"/> says.
/// What was written already is passed over or cut off, holes become Skip structs.
/// </summary>
/// <remarks>
/// <code>
///   source 1   [c9: 0──4][c9: 4─6]                      MergeOrder: client (descending), clock
///   source 2        [c9: 2──────8][c5: 0─3]                    │
///                                                              ▼
///   output     [c9: 0──4][c9: 4─6][6─8][c5: 0─3]   ◄── struct in hand: written when the next one is known
/// </code>
/// </remarks>
internal sealed class UpdateMerger : IDisposable
{
    private readonly UpdateWriter _writer = new();
    private readonly List<ClientRange> _deletes = [];
    private readonly List<YClientGroup> _groups = [];
    private readonly YContentFormat _format;
    private Source[] _sources = [];
    private MergeOrder _order = new(0);

    private YStruct _hand;
    private uint _handOffset;
    private int _handSource = -1;

    private UpdateMerger(YContentFormat format) => _format = format;

    public static void Merge(IReadOnlyList<ReadOnlyMemory<byte>> updates, Lib0Writer output, YContentFormat format = YContentFormat.Json)
    {
        using var merger = new UpdateMerger(format);
        merger.Open(updates);
        merger.MergeStructs();
        merger._writer.Finish(output);
        ClientRange.Normalize(merger._deletes);
        ClientRange.WriteAll(merger._deletes, output);
    }

    public void Dispose() => _writer.Dispose();

    /// <summary>Validates every update and makes sources of those that hold structs.</summary>
    private void Open(IReadOnlyList<ReadOnlyMemory<byte>> updates)
    {
        var outline = new YUpdateOutline();
        var filled = new List<(int Update, int EndGroup)>();
        for (var i = 0; i < updates.Count; i++)
        {
            var bytes = updates[i].Span;
            outline.Scan(bytes, _format);
            ClientRange.ReadAll(bytes, outline.DeleteSetStart, _deletes);
            if (outline.StructCount > 0)
            {
                outline.SortGroups();
                _groups.AddRange(outline.Groups);
                filled.Add((i, _groups.Count));
            }
        }

        _sources = new Source[filled.Count];
        for (var i = 0; i < filled.Count; i++)
        {
            _sources[i].Bytes = updates[filled[i].Update];
            _sources[i].NextGroup = i == 0 ? 0 : filled[i - 1].EndGroup;
            _sources[i].EndGroup = filled[i].EndGroup;
        }

        _order = new MergeOrder(_sources.Length);
        for (var i = 0; i < _sources.Length; i++)
        {
            if (Advance(ref _sources[i]))
            {
                _order.Add(i, in _sources[i].Current);
            }
        }

        _order.Start();
    }

    private void MergeStructs()
    {
        while (_order.Count > 0)
        {
            var index = _order.First;
            ref var source = ref _sources[index];
            Step(index, ref source);
            if (source.AtEnd)
            {
                _order.RemoveFirst();
            }
            else
            {
                _order.MoveFirst(in source.Current);
            }
        }

        WriteHand();
    }

    /// <summary>Takes what can be taken from the foremost source before the order of sources has to be looked at again.</summary>
    private void Step(int index, ref Source source)
    {
        var client = source.Current.Client;
        if (_handSource < 0)
        {
            Take(index, ref source, 0);
        }
        else
        {
            var end = _hand.EndClock;
            var passed = false;
            while (!source.AtEnd && source.Current.Client >= _hand.Client && source.Current.EndClock <= end)
            {
                Advance(ref source);
                passed = true;
            }

            if (source.AtEnd || source.Current.Client != client || (passed && source.Current.Clock > end))
            {
                return; // another source may have what comes next
            }

            if (client != _hand.Client)
            {
                WriteHand();
                Take(index, ref source, 0);
            }
            else if (source.Current.Clock > end)
            {
                WriteHand();
                _writer.WriteStretch(YContentKind.Skip, client, end, source.Current.Clock - end);
                Take(index, ref source, 0);
            }
            else if (_hand.Kind == YContentKind.GC && source.Current.Kind == YContentKind.GC)
            {
                _hand.Length = source.Current.EndClock - _hand.Clock;
            }
            else
            {
                WriteHand();
                Take(index, ref source, end - source.Current.Clock);
            }
        }

        while (!source.AtEnd && source.Current.Client == client && source.Current.Clock == _hand.EndClock)
        {
            WriteHand();
            Take(index, ref source, 0);
        }
    }

    private void Take(int index, ref Source source, uint offset)
    {
        _hand = source.Current;
        _handOffset = offset;
        _handSource = index;
        Advance(ref source);
    }

    private void WriteHand()
    {
        if (_handSource >= 0)
        {
            _writer.Write(_sources[_handSource].Bytes.Span, in _hand, _handOffset);
            _handSource = -1;
        }
    }

    /// <summary>Reads the next struct that is no hole.</summary>
    private bool Advance(ref Source source)
    {
        var reader = new YStructReader(source.Bytes.Span, in source.Group, _format);
        do
        {
            while (!reader.NextStruct())
            {
                if (source.NextGroup == source.EndGroup)
                {
                    source.AtEnd = true;
                    return false;
                }

                reader = new YStructReader(source.Bytes.Span, _groups[source.NextGroup++], _format);
            }
        }
        while (reader.Current.Kind == YContentKind.Skip);

        source.Current = reader.Current;
        source.Group = reader.Rest;
        return true;
    }

    private struct Source
    {
        public ReadOnlyMemory<byte> Bytes;

        /// <summary>The struct that comes next.</summary>
        public YStruct Current;

        /// <summary>What is left of its group behind it.</summary>
        public YClientGroup Group;
        public int NextGroup;
        public int EndGroup;
        public bool AtEnd;
    }
}
