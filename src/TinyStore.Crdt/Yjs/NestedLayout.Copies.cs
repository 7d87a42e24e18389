using System.Buffers.Binary;
using System.Text;
using TinyStore.Yjs;

namespace TinyStore.Crdt;

// Writing copies of lost cells, and having them stand back.
internal sealed partial class NestedLayout
{
    // One client id for each table, which names all that is written and where it goes.
    private void WriteCopies(List<LostCell> lost)
    {
        for (var start = 0; start < lost.Count;)
        {
            var end = start + 1;
            while (end < lost.Count && lost[end].TableId == lost[start].TableId)
            {
                end++;
            }
            WriteCopies(lost, start, end);
            start = end;
        }
    }

    private void WriteCopies(List<LostCell> lost, int start, int end)
    {
        var tableId = lost[start].TableId;
        var around = tableId is null ? EnsureValues() : EnsureTable(tableId);
        if (around is null)
        {
            return;
        }
        var description = new Description(Options.RootName);
        description.Add(tableId);
        description.Add(around.Id);
        var wanted = new List<LostCell>();
        for (var i = start; i < end; i++)
        {
            var cell = lost[i];
            if ((i > start && cell.IsAt(lost[i - 1])) || !IsWanted(cell, around, description))
            {
                continue;
            }
            wanted.Add(cell);
        }
        if (wanted.Count == 0)
        {
            return;
        }
        var id = ContainerIds.OfCopies(description.ToArray());
        if (Doc.GetClock(id) > 0)
        {
            return;
        }
        Options.OwnClientIds.Add(id);
        using (Transaction.WriteAs(id))
        {
            foreach (var cell in wanted)
            {
                if (tableId is null)
                {
                    around.Set(cell.Id, CellCodec.Encode(cell.Value));
                }
                else
                {
                    WriteCell(tableId, cell.RowId!, cell.Id, cell.Value);
                }
            }
        }
    }

    // Whether the place in the living container is free; and where exactly that is, for the description.
    private bool IsWanted(in LostCell cell, YMap around, Description description)
    {
        var container = around;
        if (cell.RowId is { } rowId)
        {
            // A row that everybody makes alike is made now, and then the cells name it.
            container = HasUniqueRowId(cell.TableId!, rowId) ? FindRow(cell.TableId!, rowId) : EnsureRow(cell.TableId!, rowId);
            if (container is null && around.ContainsKey(rowId))
            {
                return false;
            }
        }
        YItemId? tail = null;
        if (container is not null && container.TryGetLastItem(cell.Id, out var last))
        {
            tail = last.LastId;
            if (last.IsDeleted ? !cell.MayReplaceCopy && HasCopy(last) : !MayReplace(cell, last))
            {
                return false;
            }
        }
        description.Add(cell.RowId);
        description.Add(container?.Id);
        if (container is null && around.TryGetLastItem(cell.RowId!, out var lastRow))
        {
            description.Add(lastRow.LastId);
        }
        description.Add(cell.Id);
        description.Add(tail);
        description.Add(cell.Value);
        return true;
    }

    // A copy that nobody has touched since follows what is still written into the lost container.
    private static bool MayReplace(in LostCell cell, in YMapItem held) =>
        cell.MayReplaceCopy && ContainerIds.IsCopy(held.Id.Client) && CellCodec.TryDecode(held.Value, out var value) && value != cell.Value;

    private static bool HasCopy(YMapItem item)
    {
        do
        {
            if (ContainerIds.IsCopy(item.Id.Client))
            {
                return true;
            }
        }
        while (item.TryGetPrevious(out item));
        return false;
    }

    // What somebody wrote himself belongs above all copies that he did not know: it is written once more, as a yield, which
    // names the write and what is now above it, and so is one and the same operation whoever makes it.
    //
    //   w1  w2  copy          the copy does not know w2           ─▶  w1  w2  copy  yield(w2)
    //   w1  copy  yield(w1)   and now w2 arrives, dead, behind w1 ─▶  w1  w2  copy  yield(w1)  yield(w2)
    private void YieldToWritten(YTransaction transaction)
    {
        List<(YMap Container, YMapItem Written, YMapItem Last, YValue Value)>? yields = null;
        foreach (var item in _touched)
        {
            var container = item.Parent;
            if (!container.IsDeleted
                && container.TryGetLastItem(item.Key, out var last)
                && !last.IsDeleted
                && !ContainerIds.IsWritten(last.Id.Client)
                && TryGetLastWritten(last, out var written)
                && (yields is null || !yields.Exists(known => known.Written.Id == written.Id))
                && !Stands(written, last)
                && TryRead(written, last, transaction, out var value)
                && IsUnderRoot(container))
            {
                (yields ??= []).Add((container, written, last, value));
            }
        }
        if (yields is null)
        {
            return;
        }
        _hasLost = true;
        WriteAgain(() =>
        {
            foreach (var (container, written, last, value) in yields)
            {
                var id = YieldId(written, last.LastId);
                if (Doc.GetClock(id) == 0)
                {
                    using (Transaction.WriteAs(id))
                    {
                        container.Set(written.Key, value);
                    }
                }
            }
        });
    }

    private ulong YieldId(in YMapItem written, YItemId above)
    {
        var description = new Description(Options.RootName);
        description.Add(written.LastId);
        description.Add(above);
        return ContainerIds.OfYield(description.ToArray());
    }

    private bool IsYieldOf(in YMapItem item, in YMapItem written) =>
        ContainerIds.IsYield(item.Id.Client) && item.Origin is { } above && YieldId(written, above) == item.Id.Client;

    private static bool TryGetLastWritten(YMapItem item, out YMapItem written)
    {
        for (written = item; written.TryGetPrevious(out written);)
        {
            if (ContainerIds.IsWritten(written.Id.Client))
            {
                return true;
            }
        }
        return false;
    }

    // The last item shows what was written, or was written by somebody who knew it.
    private bool Stands(in YMapItem written, in YMapItem last) => IsYieldOf(last, written) || Knows(last, written.LastId);

    // Its value, from itself or from an earlier yield, as long as it died just now.
    private bool TryRead(in YMapItem written, YMapItem last, YTransaction transaction, out YValue value)
    {
        value = written.Value;
        if (transaction.Deletes(written.Id))
        {
            return !transaction.ReceivesDeleteOf(written.LastId) && CellCodec.TryDecode(value, out _);
        }
        while (last.TryGetPrevious(out last) && last.Id != written.Id)
        {
            if (transaction.Deletes(last.Id) && IsYieldOf(last, written))
            {
                value = last.Value;
                return !transaction.ReceivesDeleteOf(last.LastId) && CellCodec.TryDecode(value, out _);
            }
        }
        return false;
    }

    private void DeleteCopiesOfWhatIsGone(YTransaction transaction)
    {
        List<YMapItem>? unwanted = null;
        foreach (var copy in _copies)
        {
            if (!copy.IsDeleted && IsUnwanted(copy, transaction))
            {
                (unwanted ??= []).Add(copy);
            }
        }
        if (unwanted is not null)
        {
            WriteAgain(() => unwanted.ForEach(copy => copy.Parent.Delete(copy.Key)));
        }
    }

    // A copy: it was deleted in the lost container; or, where nothing came there since, an earlier copy was here and somebody
    // deleted it. A yield: what was written was deleted here before anything was placed above it.
    private bool IsUnwanted(in YMapItem copy, YTransaction transaction)
    {
        if (PathOf(copy.Parent) is not { } path)
        {
            return false;
        }
        if (ContainerIds.IsYield(copy.Id.Client))
        {
            return WasDeletedBefore(copy, transaction);
        }
        var isAlone = !copy.TryGetPrevious(out var previous);
        if (!isAlone && ContainerIds.IsWritten(previous.Id.Client) && !transaction.Deletes(previous.Id))
        {
            // It was deleted, and may not come back as a yield above this copy.
            _deleted.Add(previous.Id);
        }
        return _lineage.TryGetValue($"{path}/{copy.Key}", out var lives)
            ? !lives && (isAlone || HasCopy(previous))
            : !isAlone && !transaction.Deletes(previous.Id) && HasCopy(previous) && !Knows(copy, previous.LastId);
    }

    private bool WasDeletedBefore(in YMapItem yield, YTransaction transaction)
    {
        var above = yield;
        while (above.TryGetPrevious(out var item))
        {
            if (ContainerIds.IsWritten(item.Id.Client))
            {
                return (_deleted.Contains(item.Id) || (transaction.Adds(above.Id) && !transaction.Deletes(item.Id))) && IsYieldOf(yield, item);
            }
            above = item;
        }
        return false;
    }

    private bool IsUnderRoot(YMap container) => PathOf(container) is not null;

    private string? PathOf(YMap container)
    {
        var keys = new List<string>(MaxDepth);
        YType? type = container;
        while (type is { IsRoot: false })
        {
            if (keys.Count == MaxDepth || type.ParentKey is not { } key)
            {
                return null;
            }
            keys.Add(key);
            type = type.Parent;
        }
        if (type != _root)
        {
            return null;
        }
        keys.Add(Options.RootName);
        keys.Reverse();
        return string.Join('/', keys);
    }

    /// <summary>What an operation consists of, as bytes that mean one thing only.</summary>
    private sealed class Description(string root)
    {
        private readonly MemoryStream _bytes = Begin(root);

        public byte[] ToArray() => _bytes.ToArray();

        public void Add(string? text)
        {
            var bytes = Encoding.UTF8.GetBytes(text ?? "");
            Add(text is null ? -1 : bytes.Length);
            _bytes.Write(bytes);
        }

        public void Add(YItemId? id)
        {
            Add(id is { } some ? (long)some.Client : -1);
            Add(id?.Clock ?? 0);
        }

        public void Add(CellValue value)
        {
            Add((long)value.Kind);
            if (value.TryGetDouble(out var number))
            {
                Add(BitConverter.DoubleToInt64Bits(number));
            }
            else
            {
                Add(value.ToJson());
            }
        }

        private void Add(long number)
        {
            Span<byte> bytes = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64BigEndian(bytes, number);
            _bytes.Write(bytes);
        }

        private static MemoryStream Begin(string root)
        {
            var stream = new MemoryStream();
            var bytes = Encoding.UTF8.GetBytes(root + "|");
            stream.Write(bytes);
            return stream;
        }
    }
}
