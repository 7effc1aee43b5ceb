"""What a database looks like, as plain values that two moments can be compared by."""

from dev.postgres import sql

SCHEMA = """
    SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
      FROM information_schema.columns WHERE table_schema = 'public'
"""
CONSTRAINTS = """
    SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
     WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
"""
INDEXES = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
# Without ir.model.inherit: Odoo credits heirs of what an addon extends to the addon on installing, not on updating.
EXTERNAL_IDS = """
    SELECT module || '.' || name || ' ' || model || ' ' || res_id FROM ir_model_data WHERE model <> 'ir.model.inherit'
"""
INHERITANCE = """
    SELECT model.model || ' ' || parent.model FROM ir_model_inherit AS link
      JOIN ir_model AS model ON model.id = link.model_id JOIN ir_model AS parent ON parent.id = link.parent_id
"""
VIEWS = "SELECT id || ' ' || name || ' ' || md5(coalesce(arch_db::text, '')) || ' ' || active FROM ir_ui_view"
# (table, what it counts by): what uninstalling the addon must leave as it was
CRM_ROWS = {
    "crm_lead": "stage_id, team_id, user_id, company_id, active, probability, won_status, priority",
    "crm_stage": "name, sequence, is_won, fold",
    "crm_team": "name, company_id, user_id, active",
    "crm_lost_reason": "name, active",
    "mail_activity_type": "res_model",
    "res_groups": "name",
    "ir_cron": "cron_name, active",
    "ir_act_window": "res_model",
    "ir_ui_menu": "name, active",
}


def lines(query, database):
    return set(sql(query, database).splitlines())


def schema(database):
    return {
        "columns": lines(SCHEMA, database),
        "constraints": lines(CONSTRAINTS, database),
        "indexes": lines(INDEXES, database),
    }


def data(database):
    return {
        "external ids": lines(EXTERNAL_IDS, database),
        "inheritance": lines(INHERITANCE, database),
        "views": lines(VIEWS, database),
    }


def crm(database):
    return {
        table: lines(f"SELECT count(*), {columns} FROM {table} GROUP BY {columns}", database)
        for table, columns in CRM_ROWS.items()
    }


def difference(before, after):
    """Readable lines: what disappeared and what appeared."""
    return [
        f"{sign} {name}: {line}"
        for name in before
        for sign, lost in (("-", before[name] - after[name]), ("+", after[name] - before[name]))
        for line in sorted(lost)
    ]
