using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace TinyStore.Persisters.Sqlite.Database;

/// <summary>A prepared statement. Strings go in and come out whole, with whatever characters are in them.</summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public Statement(sqlite3 database, string sql)
    {
        _database = database;
        Check(raw.sqlite3_prepare_v2(database, sql, out _statement));
    }

    public Statement Bind(int index, SqlValue value)
    {
        Check(value.Kind switch
        {
            SqlKind.Null => raw.sqlite3_bind_null(_statement, index),
            SqlKind.Integer => raw.sqlite3_bind_int64(_statement, index, value.Integer),
            SqlKind.Real => raw.sqlite3_bind_double(_statement, index, value.Real),
            _ => raw.sqlite3_bind_text(_statement, index, Encoding.UTF8.GetBytes(value.Text!)),
        });
        return this;
    }

    public Statement Bind(params ReadOnlySpan<string> texts)
    {
        for (var i = 0; i < texts.Length; i++)
        {
            Bind(i + 1, SqlValue.Of(texts[i]));
        }
        return this;
    }

    /// <summary>Runs to the next row, if there is one; otherwise the statement can be run again.</summary>
    public bool Step()
    {
        var result = raw.sqlite3_step(_statement);
        if (result == raw.SQLITE_ROW)
        {
            return true;
        }
        if (result != raw.SQLITE_DONE)
        {
            var error = Error(result);
            _ = raw.sqlite3_reset(_statement);
            throw error;
        }
        Check(raw.sqlite3_reset(_statement));
        return false;
    }

    /// <summary>Ends a run before its last row.</summary>
    public void Reset() => _ = raw.sqlite3_reset(_statement);

    public int ColumnCount => raw.sqlite3_column_count(_statement);

    public string ColumnName(int column) => raw.sqlite3_column_name(_statement, column).utf8_to_string();

    public long Integer(int column) => raw.sqlite3_column_int64(_statement, column);

    public string Text(int column)
    {
        // This one makes it UTF-8 where the database is not, but ends at the first NUL.
        _ = raw.sqlite3_column_text(_statement, column);
        return Encoding.UTF8.GetString(raw.sqlite3_column_blob(_statement, column));
    }

    public SqlValue Value(int column) => raw.sqlite3_column_type(_statement, column) switch
    {
        raw.SQLITE_INTEGER => SqlValue.Of(Integer(column)),
        raw.SQLITE_FLOAT => SqlValue.Of(raw.sqlite3_column_double(_statement, column)),
        raw.SQLITE_TEXT => SqlValue.Of(Text(column)),
        raw.SQLITE_BLOB => SqlValue.Blob,
        _ => default,
    };

    public void Dispose() => _statement.Dispose();

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            throw Error(result);
        }
    }

    private SqliteException Error(int result) =>
        new($"SQLite Error {result}: '{raw.sqlite3_errmsg(_database).utf8_to_string()}'.", result, raw.sqlite3_extended_errcode(_database));
}

internal enum SqlKind
{
    Null,
    Integer,
    Real,
    Text,
    Blob,
}

/// <summary>A value as the database has it. The bytes of blobs are of no interest here.</summary>
internal readonly record struct SqlValue(SqlKind Kind, long Integer, double Real, string? Text)
{
    public static SqlValue Blob => new(SqlKind.Blob, 0, 0, null);

    public static SqlValue Of(long value) => new(SqlKind.Integer, value, 0, null);

    public static SqlValue Of(double value) => new(SqlKind.Real, 0, value, null);

    public static SqlValue Of(string value) => new(SqlKind.Text, 0, 0, value);
}
