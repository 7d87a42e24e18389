using System.Text;

namespace TinyStore.Persisters.Sqlite.Database;

/// <summary>The whole store in one row.</summary>
internal sealed class JsonStorage(SqliteJsonLayout layout) : SqliteStorage
{
    internal const string RowId = "_";

    public override PersistedData? Read(SqliteSession session)
    {
        var columns = TableColumns.Of(session.Database, layout.StoreTableName);
        if (!columns.Names.Contains(layout.StoreIdColumnName) || !columns.Names.Contains(layout.StoreColumnName))
        {
            return null;
        }
        var statement = session.Database.Prepare(
            $"SELECT {TableColumns.Quote(layout.StoreColumnName)} FROM {TableColumns.Quote(layout.StoreTableName)} " +
            $"WHERE {TableColumns.Quote(layout.StoreIdColumnName)} = ?1").Bind(RowId);
        var json = statement.Step() && statement.Value(0).Kind == SqlKind.Text ? statement.Text(0) : null;
        statement.Reset();

        // TinyBase writes null where it has no content.
        return json is null or "null" ? null : PersistedJson.Read(Encoding.UTF8.GetBytes(json), $"the table '{layout.StoreTableName}'");
    }

    public override void Write(SqliteSession session, PersistedWrite write)
    {
        var row = new RowChanges { [layout.StoreColumnName] = new CellValue(Encoding.UTF8.GetString(write.Json.Span)) };
        var writer = session.Writer(layout.StoreTableName, layout.StoreIdColumnName);
        writer.MakeColumns([new(RowId, row)]);
        writer.Write(RowId, row);
    }
}
